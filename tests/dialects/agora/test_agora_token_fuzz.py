"""Ten thousand things that are no token of the app: each is refused, in one way, at once."""

import base64
import zlib

import pytest
from agora_made import APP, CERTIFICATE, HOUR, MADE, NOW, lock, same_inside
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.dialects.agora.tokens import LONGEST, Lock, verify
from app.rules.refusals import BadCredentials

KEYS = (APP, CERTIFICATE)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.binary(max_size=300).map(lambda data: "007" + base64.b64encode(data).decode()),
    st.binary(max_size=300).map(lambda data: "007" + base64.b64encode(zlib.compress(data)).decode()),
    st.binary(max_size=300).map(lambda data: f"006{APP}" + base64.b64encode(data).decode()),
    st.integers(LONGEST - 3, 10**6).map(lambda length: "007" + "A" * length),
)


@settings(max_examples=4_000, deadline=2_000, suppress_health_check=list(HealthCheck), database=None)
@given(token=TEXTS, uid=st.one_of(st.none(), st.text(max_size=20)))
def test_whatever_is_no_token_is_refused_in_one_way(token: str, uid: str | None) -> None:
    with pytest.raises(BadCredentials) as refused:
        verify(token, lock(uid=uid))
    assert len(refused.value.why) < 80


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, Lock]:
    """A real token with something about it that must not be."""
    name = draw(st.sampled_from(sorted(MADE)))
    token, said = MADE[name]
    kind = draw(st.sampled_from(["bit", "cut", "app", "certificate", "late", "longer", "user"]))
    match kind:
        case "bit":
            place = draw(st.integers(0, 7 * len(token) - 1))
            letters = bytearray(token.encode())
            letters[place // 7] ^= 1 << place % 7
            flipped = letters.decode("latin-1")
            assume(not same_inside(flipped, token))
            return flipped, lock()
        case "cut":
            return token[: draw(st.integers(0, len(token) - 1))], lock()
        case "longer":
            return token + draw(st.text(min_size=1, max_size=50)), lock()
        case "user" if said.user:
            return token, lock(uid=draw(st.text(min_size=1).filter(lambda uid: uid != "ada")))
    keys = st.text("0123456789abcdef", min_size=32, max_size=32).filter(lambda key: key not in KEYS)
    late = st.integers(0, 2**33).map(lambda seconds: NOW + HOUR + seconds)
    other = {"app": ("app_id", keys), "late": ("now", late)}.get(kind, ("certificate", keys))
    return token, lock(**{other[0]: draw(other[1])})


@settings(max_examples=6_000, deadline=2_000, suppress_health_check=list(HealthCheck), database=None)
@given(case=spoiled())
def test_a_real_token_that_was_spoiled_is_refused_in_one_way(case: tuple[str, Lock]) -> None:
    token, held = case
    with pytest.raises(BadCredentials):
        verify(token, held)
