"""Links to recordings, for whoever has them and without login; no vendor's word in them."""

from urllib.parse import quote

from app.kit.signing import sign_link

WATCH = "watch"
DOWNLOAD = "download"
FILM = "film"


def signed(purpose: str, tenant_id: str, recording_id: str, expires: str = "") -> tuple[str, ...]:
    """What a link's signature is over: one to watch is none to download, and none for longer."""
    return ("recording", purpose, tenant_id, recording_id, *([expires] if expires else ()))


def player(secret: str, tenant_id: str, recording_id: str, expires: str = "") -> str:
    """The path of the player page; it holds until `expires` (see `rules.links`), or for ever."""
    return _path(secret, WATCH, "", tenant_id, recording_id, expires)


def events(secret: str, tenant_id: str, recording_id: str, expires: str = "") -> str:
    """The path at which the player page reads what happened."""
    return _path(secret, WATCH, "/events", tenant_id, recording_id, expires)


def download(secret: str, tenant_id: str, recording_id: str, expires: str = "") -> str:
    """The path of the archive."""
    return _path(secret, DOWNLOAD, "/download", tenant_id, recording_id, expires)


def playlist(secret: str, tenant_id: str, take_id: str) -> str:
    """The path of the list of a film's pieces."""
    return _path(secret, FILM, "/film.m3u8", tenant_id, take_id)


def movie(secret: str, tenant_id: str, take_id: str, file_id: str) -> str:
    """The path of one file of a film."""
    return _path(secret, FILM, f"/{quote(file_id, safe='')}.mp4", tenant_id, take_id)


def piece(file_id: str, signature: str) -> str:
    """The address of a piece, as the list that has this signature names it."""
    return f"{quote(file_id, safe='')}.ts?signature={signature}"


def _path(  # noqa: PLR0913 - what an address is made of
    secret: str, purpose: str, tail: str, tenant_id: str, recording_id: str, expires: str = ""
) -> str:
    signature = sign_link(secret, *signed(purpose, tenant_id, recording_id, expires))
    where = f"{quote(tenant_id, safe='')}/{quote(recording_id, safe='')}"
    until = f"expires={expires}&" if expires else ""
    return f"/_/recording/{where}{tail}?{until}signature={signature}"
