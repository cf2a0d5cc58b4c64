"""The README says what the program does."""

import json
import re

import report
from documents import README
from operations import readme_with, table

from app.settings import Settings


def test_the_table_of_operations_is_the_one_of_the_routes() -> None:
    assert readme_with(table()) == README.read_text("utf-8"), "run `make format`"


def test_every_operation_says_what_it_does() -> None:
    assert [row for row in table().splitlines() if row.endswith("|  |")] == []


def test_every_setting_is_documented() -> None:
    named = set(re.findall(r"`HOMEROOM_([A-Z_]+)`", README.read_text("utf-8")))
    assert {name.upper() for name in Settings.model_fields} <= named


def test_the_measurements_are_those_of_the_last_run() -> None:
    results = json.loads(report.RESULTS.read_text("utf-8"))
    assert report.readme_with(report.rendered(results)) == README.read_text("utf-8"), "run `make format`"
