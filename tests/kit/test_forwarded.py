"""Whose word counts about a request: tables of what proxies and strangers send."""

from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from app.kit.forwarded import Forwarded, address, networks, valid_host

TRUSTED = "10.0.0.0/8, 192.0.2.1, 2001:db8:aaaa::/48"
PROXY = "10.0.0.1"
STRANGER = "203.0.113.9"
Headers = dict[str, str]


async def settled(
    peer: str | None, headers: Headers, kind: str = "http"
) -> tuple[str | None, str, str | None]:
    """Client, scheme and host of a request from `peer` as the app inside sees it."""
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    scope: dict[str, Any] = {
        "type": kind,
        "scheme": {"http": "http", "websocket": "ws"}[kind],
        "client": (peer, 40000) if peer else None,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    await Forwarded(app, networks(TRUSTED))(scope, None, None)  # type: ignore[arg-type] # neither is used
    client = seen[0]["client"]
    hosts = [value.decode() for name, value in seen[0]["headers"] if name == b"host"]
    assert len(hosts) <= 1
    return client[0] if client else None, seen[0]["scheme"], hosts[0] if hosts else None


BY_X = {
    "host": "inside:8000",
    "x-forwarded-for": STRANGER,
    "x-forwarded-proto": "https",
    "x-forwarded-host": "class.example",
}
BELIEVED = (STRANGER, "https", "class.example")


@pytest.mark.parametrize("peer", [PROXY, "192.0.2.1", "2001:db8:aaaa::7", "::ffff:10.0.0.1"])
async def test_a_trusted_proxy_is_believed(peer: str) -> None:
    assert await settled(peer, BY_X) == BELIEVED


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.2", "2001:db8:bbbb::7", "unix-socket", None])
async def test_nobody_else_is(peer: str | None) -> None:
    assert await settled(peer, BY_X) == (peer, "http", "inside:8000")
    standard = {"host": "inside:8000", "forwarded": f"for={STRANGER};proto=https;host=class.example"}
    assert await settled(peer, standard) == (peer, "http", "inside:8000")


async def test_a_socket_has_the_socket_s_scheme() -> None:
    assert await settled(PROXY, BY_X, "websocket") == (STRANGER, "wss", "class.example")
    assert (await settled(PROXY, {"x-forwarded-proto": "http"}, "websocket"))[1] == "ws"


@pytest.mark.parametrize(
    ("headers", "client", "scheme", "host"),
    [
        # What the caller wrote stands left of what the proxy appended.
        ({"x-forwarded-for": f"198.51.100.1, {STRANGER}"}, STRANGER, "http", "inside"),
        ({"x-forwarded-for": f"10.0.0.7, {STRANGER}"}, STRANGER, "http", "inside"),
        ({"x-forwarded-for": f"evil, {STRANGER}, 10.0.0.2"}, STRANGER, "http", "inside"),
        ({"x-forwarded-for": STRANGER, "x-forwarded-proto": "http, https"}, STRANGER, "https", "inside"),
        # Two proxies of ours, each with its own word: the outer one's counts.
        (
            {"x-forwarded-for": f"{STRANGER}, 10.0.0.2", "x-forwarded-proto": "gopher, https, http"},
            STRANGER,
            "https",
            "inside",
        ),
        # Two proxies of ours, of which the inner one overwrites.
        (
            {"x-forwarded-for": f"{STRANGER}, 10.0.0.2", "x-forwarded-host": "class.example"},
            STRANGER,
            "http",
            "class.example",
        ),
        # Forms that proxies write addresses in.
        ({"x-forwarded-for": f"{STRANGER}:51000"}, STRANGER, "http", "inside"),
        ({"x-forwarded-for": "2001:db8::9"}, "2001:db8::9", "http", "inside"),
        ({"x-forwarded-for": "[2001:db8::9]:51000"}, "2001:db8::9", "http", "inside"),
        ({"x-forwarded-for": "::ffff:203.0.113.9"}, STRANGER, "http", "inside"),
        # All ours: the first is the client. None readable: the proxy is.
        ({"x-forwarded-for": "10.0.0.8, 10.0.0.7"}, "10.0.0.8", "http", "inside"),
        ({"x-forwarded-for": "unknown"}, PROXY, "http", "inside"),
        ({"x-forwarded-for": "unknown, 10.0.0.7"}, "10.0.0.7", "http", "inside"),
        ({"x-forwarded-for": " , ,"}, PROXY, "http", "inside"),
        ({"x-forwarded-for": "<script>", "x-forwarded-proto": "javascript"}, PROXY, "http", "inside"),
        ({"x-forwarded-host": "evil.example/path"}, PROXY, "http", "inside"),
        ({"x-forwarded-proto": "HTTPS"}, PROXY, "https", "inside"),
        # The standard's own header.
        ({"forwarded": f"for={STRANGER};proto=https;host=class.example"}, *BELIEVED),
        ({"forwarded": f'For="{STRANGER}:4711" ; Proto="https"; Host="class.example"'}, *BELIEVED),
        ({"forwarded": 'for="[2001:db8::9]:4711"'}, "2001:db8::9", "http", "inside"),
        (
            {"forwarded": f"for=198.51.100.1;proto=http, for={STRANGER};proto=https"},
            STRANGER,
            "https",
            "inside",
        ),
        ({"forwarded": "for=unknown, for=_hidden"}, PROXY, "http", "inside"),
        ({"forwarded": 'for="a,b;c\\"d", ;;=,for'}, PROXY, "http", "inside"),
        ({"forwarded": '"' * 50_000}, PROXY, "http", "inside"),
        # Both: believed when they agree, neither when they do not, for one is the caller's own.
        ({"x-forwarded-for": STRANGER, "forwarded": f"for={STRANGER}"}, STRANGER, "http", "inside"),
        ({"x-forwarded-for": STRANGER, "forwarded": "for=198.51.100.1"}, PROXY, "http", "inside"),
        ({"x-forwarded-host": "evil.example", "forwarded": f"for={STRANGER}"}, PROXY, "http", "inside"),
    ],
)
async def test_what_is_believed_of_a_trusted_proxy(
    headers: Headers, client: str, scheme: str, host: str
) -> None:
    assert await settled(PROXY, {"host": "inside"} | headers) == (client, scheme, host)


HOSTS = [
    "class.example",
    "CLASS.example:8443",
    "localhost",
    "my_container:8000",
    "127.0.0.1:80",
    "[::1]:8000",
    "[2001:db8::1]",
]
NO_HOSTS = [
    "",
    "class.example:",
    "class.example:70000",
    "class.example:8000:9",
    "class.example/evil",
    "user@class.example",
    "class.example, evil.example",
    "<script>",
    "a b",
    "éxample",
    "[::1",
    "[::g]",
    "[:::::]",
    "-evil",
    "a" * 300,
]


@pytest.mark.parametrize("text", HOSTS)
async def test_a_host_stays_without_the_space_about_it(text: str) -> None:
    assert (await settled(STRANGER, {"host": f" {text} "}))[2] == text


@pytest.mark.parametrize("text", NO_HOSTS)
async def test_what_is_no_host_is_removed(text: str) -> None:
    assert valid_host(text) is None
    assert (await settled(STRANGER, {"host": text}))[2] is None


async def test_two_hosts_are_none() -> None:
    assert (await settled(STRANGER, {"host": "class.example", "Host": "evil.example"}))[2] is None


@pytest.mark.parametrize("text", ["all", "10.0.0.0/40", "*", "localhost"])
def test_a_proxy_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither an IP address nor a block"):
        networks(f"10.0.0.1, {text}")


def test_an_address_is_read_in_every_form() -> None:
    assert [str(address(text)) for text in ("10.0.0.1:80", "[::1]:80", "::1", "::ffff:10.0.0.1", "x")] == [
        "10.0.0.1",
        "::1",
        "::1",
        "10.0.0.1",
        "None",
    ]
