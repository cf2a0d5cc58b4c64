"""MeritHub's operations: each reads, calls a verb, writes. The vendor's hosts are one server here."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request

from app.dialects.forms import fields
from app.dialects.merithub import wire, wire_classes
from app.dialects.merithub.auth import CallerDep, ClientId, grant, issue
from app.dialects.merithub.fields import Id
from app.domain import classrooms, participants, recordings, users
from app.domain.classrooms import queries as classrooms_queries
from app.domain.participants import queries as participants_queries
from app.domain.users import queries as users_queries
from app.kit.web import WorkDep, base_url

router = APIRouter(prefix="/v1/{client_id}", tags=["merithub"])

Json = dict[str, Any]


# ---- Token


async def assertion_of(request: Request) -> wire.TokenBody:
    """The grant request: a form or JSON, whatever its content type says."""
    return wire.TokenBody.read(await fields(await request.body(), "assertion"))


@router.post("/api/token", openapi_extra=wire.TOKEN_REQUEST)
async def get_access_token(
    request: Request,
    work: WorkDep,
    client_id: ClientId,
    body: Annotated[wire.TokenBody, Depends(assertion_of)],
) -> Json:
    """Exchange a signed assertion for an access token of 60 minutes (vendor page: Get access token)."""
    token = await grant(work, client_id, body.checked())
    return wire.access_token(token, f"{base_url(request)}/{client_id}/api/token")


# ---- Users


# Everything named `/users` stands before `/{user_id}` and `/{class_id}`: the first path that fits is
# taken, and `users` would fit as the id of a user.
@router.post("/users")
async def add_user(work: WorkDep, caller: CallerDep, body: wire.UserBody) -> dict[str, str]:
    """Add a user; 409 `userAlreadyExists` carries the id of the one there is (Add users to account)."""
    user = await users.add(work, caller.tenant_id, body.to_draft())
    token = issue(caller.tenant, caller.client_id, work.now, user_id=user.user_id)
    return wire.added_user(user, token)


@router.get("/users")
async def find_users(
    work: WorkDep,
    caller: CallerDep,
    query: Annotated[Id, Query()] = "",
    next_id: Annotated[Id | None, Query(alias="nextId")] = None,
) -> Json:
    """Find users by email, clientUserId or part of the name; 100 at once, `nextId` goes on (older page)."""
    # Programs put addresses into a query as they are, where a plus sign stands for a space.
    wanted = query.replace(" ", "+") if "@" in query else query
    found = await users_queries.find(work, caller.tenant_id, wanted, wire.PAGE + 1, next_id or None)
    return wire.users_page(found, caller.client_id)


@router.put("/users/{user_id}")
async def update_user(work: WorkDep, caller: CallerDep, user_id: Id, body: wire.UserBody) -> dict[str, str]:
    """Change the named fields of a user and answer the whole user (Update user in account)."""
    user = await users.edit(work, caller.tenant_id, user_id, body.to_changes())
    return wire.full_user(user, caller.client_id)


@router.delete("/users/{user_id}")
async def delete_user(work: WorkDep, caller: CallerDep, user_id: Id) -> dict[str, str]:
    """Erase a user for good, with seats, visits, messages and files (Delete user in account)."""
    await recordings.erase_user(work, caller.tenant_id, user_id)
    return wire.SUCCESS


# ---- Classes


@router.post("/{user_id}")
async def schedule_class(work: WorkDep, caller: CallerDep, user_id: Id, body: wire_classes.ClassBody) -> Json:
    """Schedule a class for its owner and answer its four links (Schedule a class)."""
    owner = await users_queries.read(work, caller.tenant_id, user_id)
    plan = body.to_plan(owner.timezone)
    classroom = await classrooms.schedule(work, caller.tenant_id, user_id, plan)
    host_link = await participants.host_link(work, caller.tenant_id, classroom.classroom_id)
    links = await participants_queries.common_links(work, caller.tenant_id, classroom.classroom_id)
    return wire_classes.scheduled_class(classroom, links, host_link)


@router.get("/{class_id}")
async def get_class(work: WorkDep, caller: CallerDep, class_id: Id) -> Json:
    """Read a class. Beyond the vendor, in its style."""
    classroom = await classrooms_queries.by_id(work, caller.tenant_id, class_id)
    return wire_classes.full_class(classroom, caller.client_id)


@router.put("/{class_id}")
async def edit_class(
    work: WorkDep, caller: CallerDep, class_id: Id, body: wire_classes.ClassBody
) -> dict[str, str]:
    """Change the named fields of a class; `type` is ignored, `status: "cl"` cancels (Edit class)."""
    before = await classrooms_queries.by_id(work, caller.tenant_id, class_id)
    # The vendor advertises cancelling and documents no route: here it is an edit of the status. No other
    # status can be set: a class has them by what happens to it.
    if body.cancels:
        await classrooms.cancel(work, caller.tenant_id, class_id)
    else:
        await classrooms.edit(work, caller.tenant_id, class_id, body.to_changes(before))
    return wire.SUCCESS


@router.delete("/{class_id}")
async def delete_class(work: WorkDep, caller: CallerDep, class_id: Id) -> dict[str, str]:
    """Delete a class with participants, attendance, chat and links (Delete class)."""
    await recordings.delete_classroom(work, caller.tenant_id, class_id)
    return wire.SUCCESS


@router.get("/{any_id}/status")
async def get_status(
    work: WorkDep, caller: CallerDep, any_id: Id, class_id: Annotated[Id, Query(alias="classId")] = ""
) -> Json:
    """Read the status of a class; running programs ask for it."""
    # Programs put a user's id in the path and the class's in the query, or the class's in the path alone.
    standing = await classrooms_queries.standing(work, caller.tenant_id, class_id or any_id)
    return wire_classes.class_status(standing)


# ---- People in classes


@router.post("/{class_id}/users")
async def add_users_to_class(
    work: WorkDep, caller: CallerDep, class_id: Id, body: wire.AddUsers
) -> list[dict[str, str]]:
    """Put users into a class in the role of the link, and answer the link of each (Add user in class)."""
    links = await participants.enrol_many(work, caller.tenant_id, class_id, body.to_seats())
    return wire.seats(links)


@router.post("/{class_id}/removeusers", include_in_schema=False)
@router.post("/{class_id}/removeuser")
async def remove_users_from_class(
    work: WorkDep, caller: CallerDep, class_id: Id, body: wire.RemoveUsers
) -> dict[str, str]:
    """Take users out of a class; the only host stays (Remove users from class)."""
    await participants.remove_many(work, caller.tenant_id, class_id, body.users)
    return wire.SUCCESS
