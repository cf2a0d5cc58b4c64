import csv
import io

import pytest

from app.kit.spreadsheet import as_csv, harmless


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a=1", "a=1"),
        ("Ada", "Ada"),
        ("", ""),
        (-2, -2),
    ],
)
def test_no_cell_begins_a_formula(cell: str | int, expected: str | int) -> None:
    assert harmless(cell) == expected


def test_a_table_is_read_back_as_it_was() -> None:
    rows = [['Ada, "Countess"', 1], ["two\nlines", 2], ["Ünïcode", 3]]
    made = b"".join(as_csv(["name", "number"], rows))
    assert made.startswith(b"\xef\xbb\xbfname,number\r\n")
    read = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert read == [["name", "number"], *[[str(cell) for cell in row] for row in rows]]


def test_a_long_table_comes_in_pieces() -> None:
    pieces = list(as_csv(["number"], ([number] for number in range(1200))))
    assert len(pieces) == 4
    assert len(b"".join(pieces).splitlines()) == 1201
