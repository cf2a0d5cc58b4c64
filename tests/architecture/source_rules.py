"""What imports cannot say: rules over the source text, each a function from text to complaints."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"

VENDOR_WORDS = re.compile(
    r"\b(networkId|classId|subClassId|CLIENT_ID|hostLink|userLink|roomUuid|userUuid|oneTime|perma|crash_lesson)\b"
)
CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}

Rule = Callable[[str], list[str]]


def _calls(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            head = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            yield f"{head}.{node.func.attr}"


def no_wall_clock(source: str) -> list[str]:
    """Time comes from the clock."""
    return [call for call in _calls(source) if call in CLOCK_CALLS]


def no_commit(source: str) -> list[str]:
    """The edge's work commits, nobody else."""
    return [call for call in _calls(source) if call.endswith((".commit", ".rollback"))]


def no_database_time(source: str) -> list[str]:
    """SQL takes its time as a parameter."""
    found = [call for call in _calls(source) if call in {"func.now", "func.current_timestamp"}]
    return found + re.findall(r"server_default|\bnow\(\)'|CURRENT_TIMESTAMP", source)


def no_sleep(source: str) -> list[str]:
    """Waiting stands in one file."""
    return [call for call in _calls(source) if call == "asyncio.sleep"]


def no_unbounded_json(source: str) -> list[str]:
    """What others wrote is read by the one reader that knows bounds."""
    return [call for call in _calls(source) if call == "json.loads"]


def no_vendor_words(source: str) -> list[str]:
    """Vendors' words stay at the rim."""
    return VENDOR_WORDS.findall(source)


RULES: dict[str, tuple[Rule, tuple[str, ...], tuple[str, ...]]] = {
    # rule, where it holds, the files that are what the rule is about
    "wall clock": (no_wall_clock, ("",), ("kit/clock.py",)),
    "commit": (no_commit, ("",), ("kit/work.py",)),
    "database time": (no_database_time, ("",), ()),
    "sleep": (no_sleep, ("",), ("kit/loops.py",)),
    "JSON of others": (
        no_unbounded_json,
        ("dialects", "realtime", "admin", "kit"),
        # What was read is ours: the database's, and a message's that this server wrote.
        ("kit/outside.py", "kit/trains.py", "kit/lines.py", "kit/bell.py", "dialects/learncube/wire_logs.py"),
    ),
    "vendor words": (no_vendor_words, ("domain", "rules", "kit", "realtime", "workers"), ()),
}


def complaints(name: str, app: Path = APP) -> list[str]:
    """Where the rule is broken below this package."""
    rule, places, exempt = RULES[name]
    found = []
    for place in places:
        for path in sorted((app / place).rglob("*.py")):
            where = path.relative_to(app).as_posix()
            if where not in exempt:
                found += [f"{where}: {what}" for what in rule(path.read_text("utf-8"))]
    return found
