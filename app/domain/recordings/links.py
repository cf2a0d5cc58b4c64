"""Links to recordings, for whoever has them and without login; no vendor's word in them."""

from urllib.parse import quote

from app.kit.signing import sign_link

WATCH = "watch"
DOWNLOAD = "download"


def signed(purpose: str, tenant_id: str, recording_id: str) -> tuple[str, ...]:
    """What a link's signature is over: one to watch is none to download."""
    return ("recording", purpose, tenant_id, recording_id)


def player(secret: str, tenant_id: str, recording_id: str) -> str:
    """The path of the player page."""
    return _path(secret, WATCH, "", tenant_id, recording_id)


def events(secret: str, tenant_id: str, recording_id: str) -> str:
    """The path at which the player page reads what happened."""
    return _path(secret, WATCH, "/events", tenant_id, recording_id)


def download(secret: str, tenant_id: str, recording_id: str) -> str:
    """The path of the archive."""
    return _path(secret, DOWNLOAD, "/download", tenant_id, recording_id)


def _path(secret: str, purpose: str, tail: str, tenant_id: str, recording_id: str) -> str:
    signature = sign_link(secret, *signed(purpose, tenant_id, recording_id))
    where = f"{quote(tenant_id, safe='')}/{quote(recording_id, safe='')}"
    return f"/_/recording/{where}{tail}?signature={signature}"
