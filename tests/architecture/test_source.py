"""What import contracts cannot say, read from the source; each rule is shown a text that breaks it."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INNER = ("app/domain", "app/rules", "app/kit")

# The words that vendors' programs read and write. Inside, there are our own.
VENDOR_WORDS = re.compile(
    r"\b(networkId|classId|subClassId|requestType|classStatus|timeZoneId|clientUserId|userLink|hostLink"
    r"|commonLinks|commonParticipantLink|commonHostLink|oneTime|totalClasses|endDate|startTime"
    r"|roomUuid|userUuid|whiteAppId|appIdentifier|room_token)\b"
)
VENDOR_CODES = {"lv", "cp", "up", "ex", "cl", "CC", "CJ", "PL", "su", "mu", "perma"}
DIALECT_NAMES = re.compile(r"merithub|agora|learncube", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """`finds` names the lines of a text that break the rule; `homes` are the only files that may."""

    name: str
    finds: Callable[[str], Iterator[int]]
    planted: tuple[str, ...]
    where: tuple[str, ...] = ("app",)
    homes: tuple[str, ...] = ()


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute that hangs on a name; empty for anything else."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            start = dotted(node.value)
            return f"{start}.{node.attr}" if start else ""
        case _:
            return ""


def naming(*names: str) -> Callable[[str], Iterator[int]]:
    """Lines that name one of these `module.thing`, or import the thing out of the module."""

    def find(text: str) -> Iterator[int]:
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Attribute():
                    spoken = dotted(node)
                    if any(spoken == name or spoken.endswith(f".{name}") for name in names):
                        yield node.lineno
                case ast.ImportFrom():
                    if any(f"{node.module}.{alias.name}" in names for alias in node.names):
                        yield node.lineno

    return find


def calling(*methods: str) -> Callable[[str], Iterator[int]]:
    """Lines that call a method of one of these names on anything."""

    def find(text: str) -> Iterator[int]:
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Call(func=ast.Attribute(attr=attr)) if attr in methods:
                    yield node.lineno

    return find


def giving(keyword: str) -> Callable[[str], Iterator[int]]:
    """Lines that give this keyword in a call."""

    def find(text: str) -> Iterator[int]:
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.keyword() if node.arg == keyword:
                    yield node.lineno

    return find


def vendor_words(text: str) -> Iterator[int]:
    """Lines with a vendor's word anywhere, or with a vendor's code as a value."""
    for number, line in enumerate(text.splitlines(), 1):
        if VENDOR_WORDS.search(line):
            yield number
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant() if node.value in VENDOR_CODES:
                yield node.lineno


def dialect_names(text: str) -> Iterator[int]:
    """Lines with a vendor's name, outside the table `MAKERS`: there a credential gets its vendor's form."""
    allowed: set[int] = set()
    for node in ast.parse(text).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id="MAKERS"), end_lineno=int(end)):
                allowed.update(range(node.lineno, end + 1))
    for number, line in enumerate(text.splitlines(), 1):
        if DIALECT_NAMES.search(line) and number not in allowed:
            yield number


RULES = [
    Rule(
        "one clock",
        naming("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
        (
            "from datetime import UTC, datetime\nat = datetime.now(UTC)",
            "import datetime\nat = datetime.datetime.utcnow()",
            "import time\nat = time.time()",
            "from time import time\nat = time()",
            "clock = SystemClock\nnow: Clock = datetime.now",
        ),
        homes=("app/kit/clock.py",),
    ),
    Rule(
        "one commit",
        calling("commit", "rollback"),
        ("await work.db.commit()", "session().rollback()"),
        homes=("app/kit/work.py",),
    ),
    Rule(
        "no clock of the database",
        naming("func.now", "func.current_timestamp", "func.clock_timestamp", "func.statement_timestamp"),
        ("at = func.now()", "at = sqlalchemy.func.now()"),
    ),
    Rule(
        "one place to wait",
        naming("asyncio.sleep"),
        ("await asyncio.sleep(1)", "from asyncio import sleep"),
        homes=("app/kit/loops.py",),
    ),
    Rule(
        "no values made by the database",
        giving("server_default"),
        ("at = mapped_column(server_default='1')",),
    ),
    Rule(
        "no vendor's words inside",
        vendor_words,
        ('row = {"classId": 1}', "room_of = roomUuid", '"""The subClassId."""', 'state = "lv"', 'may = "CC"'),
        where=INNER,
    ),
    Rule(
        "no vendor's name inside",
        dialect_names,
        ('if dialect == "merithub": ...', "def for_agora(): ...", "# as LearnCube does it", "MAKERS = 'agora'"),
        where=INNER,
    ),
    Rule(
        "tests do not nap",
        naming("time.sleep", "asyncio.sleep"),
        ("time.sleep(1)", "await asyncio.sleep(1)"),
        where=("tests",),
        homes=("tests/waiting.py",),
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_source_keeps_the_rule(rule: Rule) -> None:
    files = [file for place in rule.where for file in sorted((ROOT / place).rglob("*.py"))]
    assert files
    broken = [
        f"{name}:{line}"
        for file in files
        if (name := file.relative_to(ROOT).as_posix()) not in rule.homes
        for line in rule.finds(file.read_text("utf-8"))
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [pytest.param(rule, text, id=f"{rule.name}: {text}") for rule in RULES for text in rule.planted],
)
def test_a_planted_text_breaks_the_rule(rule: Rule, text: str) -> None:
    assert list(rule.finds(text))


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.homes], ids=lambda rule: rule.name
)
def test_an_exception_from_a_rule_is_needed(rule: Rule) -> None:
    for home in rule.homes:
        assert list(rule.finds((ROOT / home).read_text("utf-8"))), home


def test_the_table_of_credential_forms_is_read_to_its_end() -> None:
    text = 'MAKERS: dict[str, int] = {\n    "agora": 1,\n}\nother = "agora"\n'
    assert list(dialect_names(text)) == [4]
