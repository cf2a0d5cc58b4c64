"""PgBouncer before a test's database, where the machine has one."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from common import free_port
from sqlalchemy import make_url
from waiting import eventually

from app.database import Address

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PREPARES = (1, 21)


def _splits_sessions() -> bool:
    """Whether the program here lends sessions out knowing nothing of prepared statements."""
    if PROGRAM is None:
        return False
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = said.split()[1].split(".")[:2]
    return (int(major), int(minor)) < PREPARES


SPLITS_SESSIONS = _splits_sessions()


@contextmanager
def pooled(database: Address, mode: str) -> Iterator[Address]:
    """The database behind a pooler in this mode."""
    assert PROGRAM is not None
    place, port = make_url(database.dsn), free_port()
    socket_folder = str(place.query["host"])
    user = pwd.getpwuid(Path(socket_folder).stat().st_uid).pw_name
    more = "" if SPLITS_SESSIONS else "max_prepared_statements = 100\n"
    with TemporaryDirectory(prefix="homeroom-pooler-") as name:
        folder = Path(name)
        (folder / "users.txt").write_text(f'"{place.username}" ""\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n{place.database} = host={socket_folder} port={place.port or 5432}"
            f" user={place.username}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = any\nauth_file = {folder}/users.txt\npool_mode = {mode}\n{more}"
        )
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755)
        # It refuses to run as root; whoever owns the server's socket may use it.
        owner = ["-u", user] if os.geteuid() == 0 else []
        process = subprocess.Popen([PROGRAM, "-q", *owner, str(folder / "pgbouncer.ini")])
        try:
            eventually(lambda: _listens(port), "the pooler listens", 10)
            here = f"{place.username}@127.0.0.1:{port}/{place.database}"
            yield Address(f"postgresql+asyncpg://{here}", f"postgresql://{here}")
        finally:
            process.terminate()
            process.wait(10)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
