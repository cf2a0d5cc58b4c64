"""Adding, editing and erasing people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.domain.users import queries
from app.domain.users.tables import User
from app.kit import ids
from app.kit.lists import at_most
from app.kit.work import Work
from app.rules.refusals import BadValue, UnknownUser, UserExists
from app.rules.texts import OF_PERSON, must_fit


@dataclass(frozen=True)
class UserDraft:
    """What is said of a new person; only the name is needed."""

    name: str
    title: str = ""
    image: str = ""
    about: str = ""
    language: str = "en"
    email: str = ""
    external_id: str = ""
    endpoint: str = ""
    role: str = "student"
    permission: str = ""
    timezone: str = ""


async def add(work: Work, tenant_id: str, draft: UserDraft) -> User:
    """Add a person; UserExists when the email address or the external id is taken."""
    return await _insert(work, tenant_id, draft)


async def add_guests(work: Work, tenant_id: str, names: Sequence[str]) -> list[str]:
    """Add people who came by a common link and gave these names; their ids."""
    rows = [_row(work, tenant_id, UserDraft(name), guest=True) for name in names]
    # Nobody has an email address or another id yet: there is nothing to clash with.
    await work.db.execute(insert(User), rows)
    return [row["user_id"] for row in rows]


async def edit(work: Work, tenant_id: str, user_id: str, changes: dict[str, str]) -> User:
    """Change the named fields of a person."""
    user = await queries.by_id(work, tenant_id, user_id)
    if not changes.get("name", user.name).strip():
        raise BadValue("name", "must not be empty")
    must_fit(changes, OF_PERSON)
    if "name" in changes:
        changes = changes | {"name_key": queries.search_key(changes["name"])}
    if "email" in changes:
        changes = changes | {"email": changes["email"].strip().lower()}
    known = UserDraft(
        user.name,
        email=changes.get("email", ""),
        external_id=changes.get("external_id", ""),
        endpoint=user.endpoint,
    )
    await _refuse_clash(work, tenant_id, known, besides=user_id)
    for field, value in changes.items():
        setattr(user, field, value)
    try:
        await work.db.flush()
    except IntegrityError as error:
        # Somebody else took it since the look above; the index is the judge.
        raise UserExists("", "email") from error
    return user


async def reset_calendar(work: Work, tenant_id: str, user_id: str) -> User:
    """Take the links to a person's calendar that were given out before out of use."""
    user = await queries.by_id(work, tenant_id, user_id)
    user.calendar_key += 1
    await work.db.flush()
    return user


async def vanish(work: Work, tenant_id: str, user_id: str) -> None:
    """Begin to erase a person: nobody finds them any more, and what they were called is free for others."""
    user = await queries.by_id(work, tenant_id, user_id)
    user.erased_as = user.external_id
    # As guests are, they are left out where people are looked for.
    user.guest = True
    for field in OF_PERSON:
        setattr(user, field, "")
    user.name_key = user.permission = ""
    await work.db.flush()


async def remove(work: Work, tenant_id: str, user_id: str) -> None:
    """Erase a person for good. Seats are taken away by the caller; reports already made keep the id."""
    mine = (User.tenant_id == tenant_id, User.user_id == user_id)
    gone = await work.db.execute(delete(User).where(*mine).returning(User.user_id))
    if gone.first() is None:
        raise UnknownUser(user_id)


def _row(work: Work, tenant_id: str, draft: UserDraft, *, guest: bool) -> dict[str, Any]:
    return asdict(draft) | {
        "tenant_id": tenant_id,
        "user_id": ids.new_id(),
        "name_key": queries.search_key(draft.name),
        "email": draft.email.strip().lower(),
        "guest": guest,
        "calendar_key": 0,
        "created_at": work.now,
    }


async def _insert(work: Work, tenant_id: str, draft: UserDraft) -> User:
    if not draft.name.strip():
        raise BadValue("name", "must not be empty")
    must_fit(asdict(draft), OF_PERSON)
    row = _row(work, tenant_id, draft, guest=False)
    # Two requests adding the same person at once meet at the unique index, not in between two statements.
    added: User | None = await work.db.scalar(
        insert(User).values(row).on_conflict_do_nothing().returning(User)
    )
    if added is None:
        await _refuse_clash(work, tenant_id, replace(draft, email=row["email"]))
        raise UserExists("", "email")
    return added


async def _refuse_clash(work: Work, tenant_id: str, draft: UserDraft, besides: str = "") -> None:
    email, external_id = draft.email, draft.external_id
    # The indexes leave out the empty ones, and are used only by a statement that does so too.
    clashes = []
    if email:
        clashes.append(and_(User.email == email, User.email != queries.EMPTY))
    if external_id:
        same = and_(User.external_id == external_id, User.external_id != queries.EMPTY)
        clashes.append(and_(same, User.endpoint == draft.endpoint))
    if not clashes:
        return
    found = await work.db.scalar(
        select(User)
        .where(User.tenant_id == tenant_id, User.user_id != besides, or_(*clashes))
        .limit(at_most(1))
    )
    if found is not None:
        raise UserExists(found.user_id, "email" if email and found.email == email else "external_id")
