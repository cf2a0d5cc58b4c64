"""Access tokens of both versions: the vectors, the published builders, and everything that is no token."""

import base64
import json
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agora_made import APP, CERTIFICATE, HOUR, MADE, NOW, OTHER, ROOM, lock, opens, same_inside
from agora_token_builder import RtmTokenBuilder
from agoraiotools.education_token_builder import EducationTokenBuilder
from agoraiotools.RtmTokenBuilder2 import RtmTokenBuilder as RtmTokenBuilder2

from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.dialects.agora.tokens import LONGEST, Caller, Lock, key_of, read_007, services_of, verify
from app.dialects.agora.unpacking import MOST, UnreadableError, inflated, plain_base64
from app.rules.refusals import BadCredentials

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "agora-token-vectors.json").read_text("utf-8"))["vectors"]
NODE = json.loads((HERE / "agora-node-tokens.json").read_text("utf-8"))
CHECKS = [
    pytest.param(vector, check, id=f"{vector['name']}-{number}-{check['expect']}")
    for vector in VECTORS
    for number, check in enumerate(vector["checks"])
]


@pytest.mark.parametrize(("vector", "check"), CHECKS)
def test_the_contracts_vectors(vector: Any, check: Any) -> None:
    held = Lock(
        check["pathAppId"],
        check.get("certificate", vector["appCertificate"]),
        check["clock"],
        check["xAgoraUid"],
    )
    # A check without a path is about something that the token must fail at anyway.
    room = check.get("pathRoomUuid", vector.get("room"))
    assert opens(vector["token"], held, room) is (check["expect"] == "accept")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_contracts_mutations(vector: Any) -> None:
    token, held = vector["token"], Lock(vector["appId"], vector["appCertificate"], NOW, vector["uid"])
    room = vector.get("room")
    assert opens(token, held, room)
    assert not opens("", held, room)
    assert not opens(token[:-4], held, room)
    assert not opens(f"{'007' if token.startswith('006') else '006'}{token[3:]}", held, room)
    for app_id, certificate in ((OTHER, vector["appCertificate"]), (OTHER, OTHER), (vector["appId"], OTHER)):
        assert not opens(token, Lock(app_id, certificate, NOW, vector["uid"]), room)


def bits_flipped(data: bytes) -> Iterator[bytes]:
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


@pytest.mark.parametrize("name", MADE)
def test_a_bit_flipped_in_the_text_of_a_token_is_noticed(name: str) -> None:
    token, said = MADE[name]
    assert verify(token, lock()) == said
    for other in bits_flipped(token.encode()):
        text = other.decode("latin-1")
        assert not opens(text, lock()) or same_inside(text, token), text


@pytest.mark.parametrize("name", MADE)
def test_so_it_is_in_its_bytes(name: str) -> None:
    token, _ = MADE[name]
    start = 35 if token.startswith("006") else 3
    taken = []
    for other in bits_flipped(base64.b64decode(token[start:])):
        text = token[:start] + base64.b64encode(other).decode()
        if opens(text, lock()):
            taken.append(text)
    # Where a run of one byte is copied, it may be copied from further back too, and says the same.
    assert len(taken) <= 2
    assert all(same_inside(text, token) for text in taken)


@pytest.mark.parametrize("length", range(40))
def test_the_bits_that_mean_nothing_must_be_0(length: int) -> None:
    """Behind the end of the stream up to the next byte; whole ones of any content are taken."""
    whole = zlib.compress(bytes(range(length)) + b"ab" * length)
    assert inflated(whole) == zlib.decompress(whole)
    at = len(whole) - 5
    for bit in range(8):
        other = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
        with pytest.raises(UnreadableError):
            inflated(other)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_what_is_built_is_what_the_published_builders_build(vector: Any) -> None:
    said = vector["decoded"]
    if vector["kind"] == "006-rtm":
        seal = Seal(APP, CERTIFICATE, vector["ts"] - HOUR, HOUR, vector["salt"])
        assert building.rtm_006(seal, vector["uid"], vector["privilegeExpireTs"]) == vector["token"]
        return
    seal = Seal(APP, CERTIFICATE, vector["issueTs"], vector["expire"], vector["salt"])
    if vector["kind"] == "007-rtm":
        token = building.rtm_007(seal, vector["uid"])
    else:
        token = building.room_user_007(seal, vector["room"], vector["uid"], vector["role"])
    assert inflated(plain_base64(token[3:])) == inflated(plain_base64(vector["token"][3:]))
    body = read_007(token[3:])
    assert body.signature.hex() == said["signatureHex"]
    assert [one.kind for one in services_of(body.services)] == [one["type"] for one in said["services"]]


def test_tokens_of_the_published_builders_are_taken() -> None:
    now = int(time.time())
    made = RtmTokenBuilder.buildToken(APP, CERTIFICATE, "ada", 1, now + HOUR)
    assert verify(made, lock(now=now)) == Caller("rtm", "ada")
    made = RtmTokenBuilder2.build_token(APP, CERTIFICATE, "ada", HOUR)
    assert verify(made, lock(now=now)) == Caller("rtm", "ada")
    education = EducationTokenBuilder
    made = education.build_room_user_token(APP, CERTIFICATE, ROOM, "ada", 1, HOUR)
    assert verify(made, lock(now=now)) == Caller("room_user", "ada", ROOM, 1)
    assert verify(education.build_user_token(APP, CERTIFICATE, "ada", HOUR), lock(now=now)) == MADE["user"][1]
    assert verify(education.build_app_token(APP, CERTIFICATE, HOUR), lock(now=now)) == Caller("app")
    for token in (made, education.build_app_token(APP, CERTIFICATE, HOUR)):
        # The builder reads the clock itself: it may have been in the next second already.
        assert not opens(token, lock(now=now + HOUR + 60))


@pytest.mark.parametrize("made", NODE["tokens"], ids=lambda made: made["builder"])
def test_so_are_those_of_the_published_builders_for_node(made: Any) -> None:
    held = lock(now=NODE["clock"])
    said = Caller(made["kind"], made["user"], made.get("room", ""), made.get("role"))
    assert verify(made["token"], held) == said
    assert not opens(made["token"], lock(now=NODE["clock"] + 2 * HOUR), made.get("room"))
    assert not opens(made["token"], lock(now=NODE["clock"], certificate=OTHER), made.get("room"))


@pytest.mark.parametrize("name", MADE)
def test_a_token_is_good_until_its_last_second(name: str) -> None:
    token, _ = MADE[name]
    assert opens(token, lock(now=NOW + HOUR - 0.001))
    assert not opens(token, lock(now=NOW + HOUR))


@pytest.mark.parametrize("name", ["rtm 007", "room user", "user", "app"])
def test_a_007_token_may_come_without_its_user(name: str) -> None:
    assert opens(MADE[name][0], lock(uid=None))


def test_a_006_token_may_not() -> None:
    with pytest.raises(BadCredentials, match="x-agora-uid is missing"):
        verify(MADE["rtm 006"][0], lock(uid=None))


@pytest.mark.parametrize("name", ["rtm 006", "rtm 007", "room user", "user"])
def test_another_users_token_opens_nothing(name: str) -> None:
    assert not opens(MADE[name][0], lock(uid="bob"))


def test_a_room_users_token_opens_its_room_alone() -> None:
    token, _ = MADE["room user"]
    assert [opens(token, lock(), room) for room in (ROOM, "another", None)] == [True, False, False]
    assert opens(MADE["user"][0], lock(), None)


def sealed(services: bytes, count: int = 1, lives: int = HOUR) -> str:
    """A token with a right signature and whatever services."""
    body = struct.pack("<H", 32) + APP.encode() + struct.pack("<IIIH", NOW, lives, 7, count) + services
    signature = building.hmac.digest(key_of(CERTIFICATE, NOW, 7), body, "sha256")
    whole = struct.pack("<H", 32) + signature + body
    return "007" + base64.b64encode(zlib.compress(whole)).decode()


def education(room: bytes, user: bytes, role: int = -1, privileges: bytes = b"\0\0") -> bytes:
    fields = struct.pack("<H", len(room)) + room + struct.pack("<H", len(user)) + user
    return struct.pack("<H", 7) + privileges + fields + struct.pack("<h", role)


UNKNOWN = struct.pack("<HHHHH", 99, 1, 2, 3, 4)
RTM = struct.pack("<HHH", 2, 0, 3) + b"ada"
OVER_IN_A_MINUTE = struct.pack("<HHI", 1, 1, 60)
NO_LIMIT = struct.pack("<HHI", 1, 1, 0)


@pytest.mark.parametrize(
    ("services", "count", "said"),
    [
        (education(b"", b"ada"), 1, Caller("user", "ada")),
        (education(b"", b""), 1, Caller("app")),
        (education(b"r", b"ada", 3), 1, Caller("room_user", "ada", "r", 3)),
        (education(b"", b"ada", privileges=NO_LIMIT), 1, Caller("user", "ada")),
        (RTM + UNKNOWN, 2, Caller("rtm", "ada")),
        (RTM + RTM, 2, Caller("rtm", "ada")),
        (RTM + education(b"r", b"ada", 2), 2, Caller("room_user", "ada", "r", 2)),
        (struct.pack("<HHHH", 1, 0, 0, 0) + RTM, 2, Caller("rtm", "ada")),
    ],
)
def test_the_fields_say_what_a_007_token_is(services: bytes, count: int, said: Caller) -> None:
    assert verify(sealed(services, count), lock()) == said


@pytest.mark.parametrize(
    ("services", "count", "why"),
    [
        (b"", 0, "neither for Education nor for RTM"),
        (UNKNOWN + RTM, 2, "neither for Education nor for RTM"),
        (struct.pack("<HHHH", 1, 0, 0, 0), 1, "neither for Education nor for RTM"),
        (RTM, 2, "cannot be read"),
        (struct.pack("<HHH", 2, 0, 0), 1, "names no user"),
        (education(b"room", b""), 1, "names no user"),
        (education(b"", b"\xff\xfe"), 1, "cannot be read"),
        (struct.pack("<HH", 7, 65535), 1, "cannot be read"),
        (education(b"r", b"bob"), 1, "another user's"),
    ],
)
def test_a_signed_token_can_be_wrong_too(services: bytes, count: int, why: str) -> None:
    with pytest.raises(BadCredentials, match=why):
        verify(sealed(services, count), lock())


def test_a_privilege_ends_before_its_token() -> None:
    token = sealed(education(b"", b"ada", privileges=OVER_IN_A_MINUTE))
    assert opens(token, lock(now=NOW + 59))
    assert not opens(token, lock(now=NOW + 60))


def test_a_006_token_must_be_for_rtm() -> None:
    message = struct.pack("<IIHHI", 7, NOW + HOUR, 1, 1, NOW + HOUR)
    signature = building.hmac.digest(CERTIFICATE.encode(), APP.encode() + b"ada" + message, "sha256")
    sums = struct.pack("<II", zlib.crc32(b"ada"), 0)
    content = struct.pack("<H", 32) + signature + sums + struct.pack("<H", len(message)) + message
    with pytest.raises(BadCredentials, match="RTM"):
        verify(f"006{APP}{base64.b64encode(content).decode()}", lock())
    content += b"\0"
    with pytest.raises(BadCredentials, match="cannot be read"):
        verify(f"006{APP}{base64.b64encode(content).decode()}", lock())


def test_a_token_that_swells_is_not_swallowed() -> None:
    bomb = "007" + base64.b64encode(zlib.compress(b"\0" * 1_000_000, 9)).decode()
    assert len(bomb) < LONGEST
    began = time.perf_counter()
    with pytest.raises(BadCredentials, match="cannot be read"):
        verify(bomb, lock())
    assert time.perf_counter() - began < 0.5
    just = zlib.compress(b"\0" * MOST)
    assert len(inflated(just)) == MOST
