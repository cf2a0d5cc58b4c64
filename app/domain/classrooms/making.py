"""The statement that makes a classroom: its row and its common links at once, for programs make many."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ARRAY, String, bindparam, func, insert, select

from app.domain.classrooms.tables import Classroom, CommonLink
from app.kit import ids
from app.kit.prepared import Prepared
from app.kit.rows import columns, loose, remember
from app.kit.work import Work
from app.rules.seats import SeatRole

COLUMNS: Final = columns(Classroom)
OF_COLUMNS: Final = loose(Classroom)
PARAMETERS: Final = [(one.name, f"made_{one.name}") for one in COLUMNS]

_LINK: Final = (
    func.unnest(bindparam("links", type_=ARRAY(String)), bindparam("roles", type_=ARRAY(String)))
    .table_valued("link", "role", name="one")
    .render_derived()
)

MAKE: Final = Prepared(
    insert(CommonLink)
    .from_select(
        ["tenant_id", "link", "classroom_id", "role"],
        select(
            bindparam("made_tenant_id", type_=String()),
            _LINK.c.link,
            bindparam("made_classroom_id", type_=String()),
            _LINK.c.role,
        ),
    )
    .add_cte(
        insert(Classroom)
        .values({one.name: bindparam(f"made_{one.name}", type_=one.type) for one in COLUMNS})
        .cte("made")
    ),
    into=tuple,
)


async def make(work: Work, values: Mapping[str, Any]) -> Classroom:
    """Write a classroom with these columns and its common links; both are remembered for this work."""
    links = {role: ids.new_link() for role in SeatRole}
    await MAKE.run(
        work,
        links=list(links.values()),
        roles=[role.value for role in links],
        **{parameter: values[name] for name, parameter in PARAMETERS},
    )
    classroom = OF_COLUMNS(*[values[name] for name, _ in PARAMETERS])
    key = classroom.tenant_id, classroom.classroom_id
    work.kept[CommonLink, key] = links
    return remember(work, classroom, *key)
