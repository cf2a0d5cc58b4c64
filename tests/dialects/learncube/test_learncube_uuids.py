"""An id of ours and its UUID: there and back, in every form that a program may send."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dialects.learncube import uuids
from app.kit.ids import ID_ALPHABET, new_id

IDS = st.text(ID_ALPHABET, min_size=20, max_size=20)


@given(own=IDS, number=st.integers(0, uuids.NUMBERS - 1))
def test_a_uuid_leads_back_to_the_id_and_the_number(own: str, number: int) -> None:
    made = uuids.shown(own, number)
    assert uuids.read(made) == (own, number)
    assert uuids.read(made.upper().replace("-", "")) == (own, number)


@given(own=IDS)
def test_what_we_show_is_a_proper_uuid(own: str) -> None:
    made = uuid.UUID(uuids.shown(own))
    assert (made.version, made.variant) == (4, uuid.RFC_4122)


def test_two_ids_have_two_uuids() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len({uuids.shown(one) for one in ids}) == 1000


@pytest.mark.parametrize(
    "text", ["", "nothing", "7", "\x00", "9a1f5b7e-0000-1000-8000-000000000000", "{" * 40, "\ud800" * 36]
)
def test_what_is_none_of_ours_leads_nowhere(text: str) -> None:
    assert uuids.read(text) is None
