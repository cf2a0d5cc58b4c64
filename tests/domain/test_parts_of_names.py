"""People are found by a part of the name, whether it is everybody's or nobody's."""

import pytest
from common import TENANT
from sqlalchemy import text, true

from app.domain import users
from app.domain.tenants.tables import Tenant
from app.domain.users import UserDraft, queries
from app.kit.prepared import DIALECT
from app.kit.work import Works

CROWD = 600


@pytest.fixture
async def crowd(works: Works, tenant: Tenant) -> Works:
    """Hundreds of pupils, and two who are called otherwise."""
    async with works.begin() as work:
        model = await users.add(work, TENANT, UserDraft("Model"))
        for name in ("Zoë O'Brien", "Ann 100%"):
            await users.add(work, TENANT, UserDraft(name))
        names = [column.name for column in queries.User.__table__.columns]
        values = {
            "user_id": "md5(n::text)",
            "name": "'Pupil ' || to_char(n, 'FM000')",
            "name_key": "'pupil ' || to_char(n, 'FM000')",
        }
        chosen = ", ".join(values.get(name, name) for name in names)
        copies = f"SELECT {chosen} FROM users, generate_series(1, {CROWD}) n WHERE user_id = :model"  # noqa: S608 - our own names
        await work.db.execute(
            text(f"INSERT INTO users ({', '.join(names)}) {copies} AND tenant_id = :tenant"),
            {"model": model.user_id, "tenant": TENANT},
        )
    return works


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("pil 0", [f"Pupil {n:03}" for n in range(1, 100)]),
        ("PUPIL", [f"Pupil {n:03}" for n in range(1, 101)]),
        ("pil 123", ["Pupil 123"]),
        ("ë o'b", ["Zoë O'Brien"]),
        ("oë", ["Zoë O'Brien"]),
        ("ë", ["Zoë O'Brien"]),
        ("0%", ["Ann 100%"]),
        ("%", ["Ann 100%"]),
        ("p_pil", []),
        ("pupil 12", [f"Pupil {n}" for n in range(120, 130)]),
        ("123 pupil", []),
        ("zoë o'brien", ["Zoë O'Brien"]),
        ("nobody at all", []),
        ("pupil 123" * 50, []),
    ],
)
async def test_a_part_finds_all_who_have_it_in_order(crowd: Works, part: str, found: list[str]) -> None:
    async with crowd.begin() as work:
        people = await queries.find(work, TENANT, part)
    assert [one.name for one in people] == found


async def test_a_part_that_few_have_is_found_by_its_index(crowd: Works) -> None:
    async with crowd.begin() as work:
        await work.db.execute(text("ANALYZE users"))
        named = await queries._named(work, TENANT, "pupil 123", 100, true())
        compiled = named.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
        await work.db.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await work.db.scalars(text(f"EXPLAIN {compiled}"))
    assert any("ix_users_name_parts" in line for line in plan)
    # What everybody has is not asked for: the index would read all of it.
    assert "'123'" in str(compiled)
    assert "'il '" not in str(compiled)
