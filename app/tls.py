"""HTTPS by this server itself: with the operator's certificate, or with one of our own authority."""

import fcntl
import logging
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from app.kit.certificates import Pair, expired, issue, new_authority, permits, still_serves
from app.kit.clock import SystemClock
from app.settings import Settings, is_loopback

log = logging.getLogger(__name__)

EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - not bound to here, but left out of certificates


class TlsTrouble(Exception):  # noqa: N818 - a reason told to the operator, not a bug
    """The certificates cannot be used; the message tells why."""


@dataclass(frozen=True)
class Files:
    """Where a certificate and its private key lie."""

    certificate: Path
    key: Path

    def read(self) -> Pair | None:
        """Both, or nothing when they were not made yet."""
        if not (self.certificate.exists() and self.key.exists()):
            return None
        return Pair(self.certificate.read_bytes(), self.key.read_bytes())

    def write(self, pair: Pair) -> None:
        """The key first: a certificate without its key would never be made anew."""
        _write(self.key, pair.key, 0o600)
        _write(self.certificate, pair.certificate, 0o644)


def authority_files(settings: Settings) -> Files:
    """The certificate is for everybody to read; the folder of the keys is the server's own."""
    return Files(settings.data_dir.resolve() / "ca.pem", settings.data_dir.resolve() / "tls" / "ca.key")


def domains(settings: Settings) -> set[str]:
    """The names that the authority is to be believed for, with all names below them."""
    vendors = {".".join(name.split(".")[-2:]) for name in _vendors()}
    return vendors | {"localhost"} | {name for name in _own(settings) if not is_loopback(name)}


def names(settings: Settings) -> list[str]:
    """The names in the server's certificate: the vendors', this machine's and the public one."""
    vendors = _vendors()
    wild = {f"*.{'.'.join(name.split('.')[-2:])}" for name in vendors}
    return sorted(vendors | wild | {"localhost", "127.0.0.1", "::1"} | _own(settings))


def _vendors() -> set[str]:
    from app.dialects.registry import DIALECTS  # noqa: PLC0415 - commands that only trust do without

    return {name for dialect in DIALECTS for name in dialect.host_names}


def _own(settings: Settings) -> set[str]:
    public = urlsplit(settings.public_url).hostname if settings.public_url else None
    return {
        name.encode("idna").decode() for name in (settings.host, public) if name and name not in EVERYWHERE
    }


def ensure_authority(settings: Settings) -> Files:
    """The authority's files, made when there are none."""
    with _alone(settings):
        _authority(settings, SystemClock().now())
    return authority_files(settings)


def prepare(settings: Settings) -> Files | None:
    """What the server shows to its callers, made or renewed where it is ours; nothing without TLS."""
    if settings.tls_cert and settings.tls_key:
        files = Files(settings.tls_cert, settings.tls_key)
    elif settings.tls == "auto":
        files = _server(settings, SystemClock().now())
    else:
        return None
    try:
        # Without a word for it, OpenSSL would ask the terminal for the password of a locked key.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key, lambda: "")
    except OSError as error:
        raise TlsTrouble(f"{files.certificate} with {files.key} cannot be used for TLS: {error}") from error
    return files


def trust(settings: Settings) -> ssl.SSLContext | None:
    """What our own clients (pings to this machine, the demo) believe beside the system's authorities."""
    if settings.tls != "auto":
        return None
    context = ssl.create_default_context()
    context.load_verify_locations(ensure_authority(settings).certificate)
    return context


def _authority(settings: Settings, now: datetime) -> Pair:
    files = authority_files(settings)
    found = files.read()
    if found is None:
        found = new_authority(domains(settings), now)
        files.write(found)
    trouble = _trouble(found, now)
    if trouble:
        raise TlsTrouble(
            f"The authority {files.certificate} {trouble}: remove it, "
            "and trust the one that `homeroom ca` makes then."
        )
    return found


def _trouble(authority: Pair, now: datetime) -> str:
    """What is wrong with an authority, if anything."""
    try:
        return "has expired" if expired(authority, now) else ""
    except ValueError:
        return "is not one that this program made"


def _server(settings: Settings, now: datetime) -> Files:
    folder = settings.data_dir.resolve() / "tls"
    files = Files(folder / "server.pem", folder / "server.key")
    with _alone(settings):
        authority = _authority(settings, now)
        wanted = []
        for name in names(settings):
            if permits(authority, name.removeprefix("*.")):
                wanted.append(name)
            else:
                # Its names were fixed when it was made; a server that still does the rest beats none.
                where = authority_files(settings).certificate
                log.warning("%s is not for %s: remove it to get a new one, and trust that.", where, name)
        found = files.read()
        if found is None or not still_serves(found, authority, wanted, now):
            files.write(issue(authority, wanted, now))
    return files


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One process at a time makes certificates; the kernel drops the lock of one that dies."""
    folder = settings.data_dir / "tls"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise TlsTrouble(f"Certificates cannot be kept in {folder.resolve()}: {error}") from error


def _write(path: Path, content: bytes, mode: int) -> None:
    """All of it or nothing, and never readable to others for a moment."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
    beside.replace(path)
