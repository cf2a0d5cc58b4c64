import pytest
from source_rules import RULES, complaints

PLANTED = {
    "wall clock": "from datetime import datetime\nx = datetime.now()\n",
    "commit": "async def f(work):\n    await work.db.commit()\n",
    "database time": "from sqlalchemy import func\nx = func.now()\n",
    "sleep": "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n",
    "JSON of others": "import json\nx = json.loads(body)\n",
    "vendor words": "networkId = 1\n",
}


@pytest.mark.parametrize("name", RULES)
def test_the_source_keeps_the_rule(name: str) -> None:
    assert complaints(name) == []


@pytest.mark.parametrize("name", RULES)
def test_a_planted_violation_is_found(name: str) -> None:
    rule, _, _ = RULES[name]
    assert rule(PLANTED[name]) != []
