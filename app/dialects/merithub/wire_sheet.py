"""Attendance as a table: its columns are the keys of the ping's rows, so they follow what those rows gain."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import StreamingResponse

from app.dialects.merithub.bodies import read_reports
from app.kit.spreadsheet import Cell, as_csv
from app.rules.refusals import BadValue

# These stand first, in this order; all other keys of a row follow in their own.
HEAD = ("subClassId", "userId", "name", "role", "userType", "startTime", "endTime", "totalTime")
TIMES = ("startTime", "endTime")
FORMATS = ("json", "csv")

# A row of nobody, so that a table without rows has its columns too.
NOBODY: dict[str, Any] = {
    "user_id": "",
    "guest": False,
    "role": "",
    "joined_at": "2000-01-01T00:00:00+00:00",
    "left_at": "2000-01-01T00:00:00+00:00",
    "seconds": 0,
    "reconnects": 0,
    "messages": 0,
    "ip": "",
    "user_agent": "",
}

Report = Mapping[str, Any]


def wants_sheet(format_: str, accept: str) -> bool:
    """Whether the caller asks for a table: by the word in the query, else by the header."""
    if format_ not in ("", *FORMATS):
        raise BadValue("format", f"must be one of {', '.join(FORMATS)}")
    return format_ == "csv" or (not format_ and "text/csv" in accept.lower())


def people(reports: Sequence[Report]) -> set[str]:
    """The ids of all who stand in the reports."""
    return {row["user_id"] for report in reports for row in report["rows"]}


def attendance_sheet(
    reports: Sequence[Report], names: Mapping[str, str], *, class_id: str, timezone: str
) -> StreamingResponse:
    """The reports of a class as a file; times are those of the class's zone, with their offset."""
    zone = ZoneInfo(timezone)
    header = list(_row({"lesson_id": "", "rows": [NOBODY]}, {}, zone))
    rows = (
        [row.get(column, "") for column in header]
        for report in reports
        for one in report["rows"]
        for row in [_row({"lesson_id": report["lesson_id"], "rows": [one]}, names, zone)]
    )
    headers = {"content-disposition": f'attachment; filename="attendance-{class_id}.csv"'}
    return StreamingResponse(as_csv(header, rows), media_type="text/csv", headers=headers)


def _row(report: Report, names: Mapping[str, str], zone: ZoneInfo) -> dict[str, Cell]:
    """The one row of the report, by column."""
    (row,) = read_reports([dict(report)])
    cells = dict(_flat(row | {"name": names.get(row["userId"], "")}))
    for column in TIMES:
        cells[column] = datetime.fromisoformat(str(cells[column])).astimezone(zone).isoformat()
    return {column: cells[column] for column in HEAD} | cells


def _flat(row: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Cell]]:
    """The keys below keys as one, with points between."""
    for key, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value if isinstance(value, int) else str(value)
