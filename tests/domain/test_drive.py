"""Files and classes: who may add, what goes with what, and that the bytes follow their rows."""

from datetime import timedelta

import pytest
from school import School

from app.domain import classrooms, drive
from app.domain.drive import FileDraft, Upload, leftovers, links, queries
from app.domain.drive.tables import File
from app.domain.tenants import queries as tenants
from app.kit.clock import ManualClock
from app.rules.refusals import (
    BadCredentials,
    BadValue,
    ContentLinkOver,
    MayNotPublish,
    UnknownClassroom,
    UnknownFile,
    UnknownUser,
    UploadLapsed,
)


async def uploaded(school: School) -> Upload:
    async with school.begin() as work:
        return await drive.expect(work, school.tenant_id)


async def add(
    school: School, owner: str | None = None, *, public: bool = False, title: str = "Sheet", size: int = 3
) -> File:
    upload = await uploaded(school)
    async with school.begin() as work:
        draft = FileDraft(title, "text/plain", size, owner, public)
        return await drive.add(work, school.tenant_id, upload, draft)


async def doomed(school: School) -> list[str]:
    """The ids whose bytes are to be removed now."""
    async with school.begin() as work:
        return sorted(
            one.file_id for one in await leftovers.claim(work, 100) if one.tenant_id == school.tenant_id
        )


async def ids_of(school: School, **which: object) -> list[str]:
    async with school.begin() as work:
        return [file.file_id for file in await queries.library(work, school.tenant_id, **which)]  # type: ignore[arg-type]


async def test_anybody_adds_to_their_own_library(school: School) -> None:
    student = await school.user("Ada", permission="join")
    file = await add(school, student, title=" two\nlines ")
    assert (file.owner_id, file.public, file.title) == (student, False, "two lines")
    assert await doomed(school) == []


@pytest.mark.parametrize(
    ("permission", "may"), [("create", True), ("library", True), ("join", False), ("", False)]
)
async def test_adding_to_the_public_library_takes_the_permission(
    school: School, permission: str, *, may: bool
) -> None:
    user = await school.user("Ada", permission=permission)
    if may:
        assert (await add(school, user, public=True)).public
    else:
        with pytest.raises(MayNotPublish):
            await add(school, user, public=True)
        assert await ids_of(school) == []


async def test_the_organization_adds_to_its_own_library_only(school: School) -> None:
    assert (await add(school, None, public=True)).owner_id is None
    with pytest.raises(BadValue) as refused:
        await add(school, None, public=False)
    assert refused.value.field == "owner_id"


async def test_an_empty_file_and_an_unknown_owner_are_refused(school: School, other_school: School) -> None:
    with pytest.raises(BadValue):
        await add(school, None, public=True, size=0)
    with pytest.raises(UnknownUser):
        await add(school, await other_school.user("Eve"))


async def test_an_upload_becomes_one_file_at_the_most(school: School) -> None:
    upload = await uploaded(school)
    draft = FileDraft("x", "text/plain", 1, None, public=True)
    async with school.begin() as work:
        await drive.add(work, school.tenant_id, upload, draft)
    with pytest.raises(UploadLapsed):
        async with school.begin() as work:
            await drive.add(work, school.tenant_id, upload, draft)


async def test_bytes_that_no_file_was_made_of_in_time_are_removed(school: School, clock: ManualClock) -> None:
    upload = await uploaded(school)
    clock.advance(timedelta(minutes=59))
    assert await doomed(school) == []
    clock.advance(timedelta(minutes=1))
    assert await doomed(school) == [upload.file_id]
    draft = FileDraft("x", "text/plain", 1, None, public=True)
    with pytest.raises(UploadLapsed):
        async with school.begin() as work:
            await drive.add(work, school.tenant_id, upload, draft)


async def test_giving_an_upload_up_spares_what_became_a_file(school: School) -> None:
    cut, kept = await uploaded(school), await uploaded(school)
    async with school.begin() as work:
        await drive.add(work, school.tenant_id, kept, FileDraft("x", "text/plain", 1, None, public=True))
    for upload in (cut, kept):
        async with school.begin() as work:
            await drive.abandon(work, upload)
    assert await doomed(school) == [cut.file_id]


async def test_a_removal_that_fails_is_tried_again_and_a_done_one_is_forgotten(
    school: School, clock: ManualClock
) -> None:
    file = await add(school, None, public=True)
    async with school.begin() as work:
        await drive.remove(work, school.tenant_id, file.file_id)
    assert await doomed(school) == [file.file_id]
    assert await doomed(school) == []
    clock.advance(leftovers.LEASE)
    async with school.begin() as work:
        (again,) = [one for one in await leftovers.claim(work) if one.tenant_id == school.tenant_id]
    async with school.begin() as work:
        await leftovers.settle(work, again)
    assert "leftovers" not in await school.rows()


async def test_a_removed_file_is_out_of_its_classes(school: School) -> None:
    classroom = await school.classroom()
    one, two = await add(school, None, public=True), await add(school, None, public=True)
    await attach(school, classroom.classroom_id, one, two)
    async with school.begin() as work:
        await drive.remove(work, school.tenant_id, one.file_id)
        left = await queries.of_classroom(work, school.tenant_id, classroom.classroom_id)
        assert [file.file_id for file in left] == [two.file_id]
    with pytest.raises(UnknownFile):
        async with school.begin() as work:
            await drive.remove(work, school.tenant_id, one.file_id)


async def attach(school: School, classroom_id: str, *files: File) -> None:
    async with school.begin() as work:
        await drive.attach(work, school.tenant_id, classroom_id, [file.file_id for file in files])


async def test_attaching_again_changes_nothing_and_detaching_keeps_the_file(school: School) -> None:
    classroom = await school.classroom()
    file = await add(school, None, public=True)
    await attach(school, classroom.classroom_id, file, file)
    await attach(school, classroom.classroom_id, file)
    assert (await school.rows())["attachments"] == 1
    async with school.begin() as work:
        await drive.detach(work, school.tenant_id, classroom.classroom_id, file.file_id)
    with pytest.raises(UnknownFile):
        async with school.begin() as work:
            await drive.detach(work, school.tenant_id, classroom.classroom_id, file.file_id)
    assert await ids_of(school) == [file.file_id]


async def test_one_unknown_file_or_class_leaves_nothing_attached(
    school: School, other_school: School
) -> None:
    classroom = await school.classroom()
    mine, theirs = await add(school, None, public=True), await add(other_school, None, public=True)
    with pytest.raises(UnknownFile):
        await attach(school, classroom.classroom_id, mine, theirs)
    with pytest.raises(UnknownClassroom):
        await attach(school, (await other_school.classroom()).classroom_id, mine)
    assert "attachments" not in await school.rows()


async def test_a_deleted_class_takes_its_attachments_and_leaves_the_library(school: School) -> None:
    classroom = await school.classroom()
    file = await add(school, None, public=True)
    await attach(school, classroom.classroom_id, file)
    async with school.begin() as work:
        await classrooms.delete(work, school.tenant_id, classroom.classroom_id)
    assert "attachments" not in await school.rows()
    assert await ids_of(school) == [file.file_id]


async def test_an_erased_users_own_files_go_and_public_ones_lose_the_name(school: School) -> None:
    user = await school.user("Ada", permission="create")
    own, public = await add(school, user), await add(school, user, public=True)
    async with school.begin() as work:
        await drive.erase_user(work, school.tenant_id, user)
    assert await doomed(school) == [own.file_id]
    async with school.begin() as work:
        (left,) = await queries.library(work, school.tenant_id)
    assert (left.file_id, left.owner_id) == (public.file_id, None)
    assert user not in await school.everything()


async def test_a_tenant_that_ends_leaves_only_the_order_to_remove_its_bytes(
    school: School, clock: ManualClock
) -> None:
    await add(school, None, public=True)
    await uploaded(school)
    async with school.begin() as work:
        await drive.close_tenant(work, school.tenant_id)
    assert set(await school.rows()) == {"leftovers"}
    assert await doomed(school) == [leftovers.EVERYTHING]


async def test_a_library_is_read_by_owner_and_kind_and_page_by_page(
    school: School, clock: ManualClock
) -> None:
    ada = await school.user("Ada", permission="create")
    made = []
    for owner, public in ((ada, False), (None, True), (ada, True)):
        made.append((await add(school, owner, public=public)).file_id)
        clock.advance(timedelta(seconds=1))
    assert await ids_of(school) == made
    assert await ids_of(school, owner_id=ada) == [made[0], made[2]]
    assert await ids_of(school, public=True) == made[1:]
    assert await ids_of(school, public=False) == made[:1]
    assert await ids_of(school, limit=2) == made[:2]
    assert await ids_of(school, after=made[1]) == made[2:]


async def test_a_link_holds_for_its_file_and_its_time(school: School, clock: ManualClock) -> None:
    async with school.begin() as work:
        tenant = await tenants.by_id(work, school.tenant_id)
    until = clock.now() + timedelta(hours=1)
    path = drive.content_path(tenant.tenant_id, "one", tenant.signing_secret, until)
    expires, signature = (pair.split("=")[1] for pair in path.split("?")[1].split("&"))
    links.check(tenant, "one", expires=expires, signature=signature, now=clock.now())
    with pytest.raises(ContentLinkOver):
        links.check(tenant, "one", expires=expires, signature=signature, now=until)
    for file_id, later in (("two", expires), ("one", str(int(expires) + 1)), ("one", "never")):
        with pytest.raises(BadCredentials):
            links.check(tenant, file_id, expires=later, signature=signature, now=clock.now())
