"""A program with a living access token."""

from typing import Any

import httpx
import pytest
from merithub_program import Program


@pytest.fixture
async def program(client: httpx.AsyncClient, merithub: Any) -> Program:
    """A program with a living access token."""
    program = Program(client, merithub.client_id, merithub.client_secret)
    answer = await program.ask_token(program.assertion())
    assert answer.status_code == 200, answer.text
    program.token = answer.json()["access_token"]
    return program
