"""The user of the operating system that the embedded PostgreSQL runs as, when Homeroom is started by root."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Final

READ_AND_RUN: Final = 0o005


class DatabaseTrouble(Exception):  # noqa: N818 - a reason told to the operator, not a bug
    """The embedded server could not be started; the message tells a newcomer what to do."""


def account_of(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise DatabaseTrouble(
            f"The database belongs to user number {uid}, who has no account here."
        ) from error


def create_account(name: str) -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise DatabaseTrouble(
            "PostgreSQL does not run as root, and there is no `useradd` here to give it a user of its own: "
            "start Homeroom as an ordinary user, or set HOMEROOM_DATABASE_URL."
        )
    made = subprocess.run(  # noqa: S603 - a fixed program with a fixed name
        [useradd, "--system", "--shell", "/usr/sbin/nologin", name],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise DatabaseTrouble(
            f"PostgreSQL does not run as root, and `useradd {name}` failed: {made.stderr.strip()}"
        )
    return pwd.getpwnam(name)


def let_through(path: Path) -> None:
    """Lets other users pass (not look) through the folders to the path, as the server's own user has to."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def let_read(tree: Path) -> None:
    """Undoes a strict umask on the installed programs, which the server's own user has to read and run."""
    if all(path.stat().st_mode & READ_AND_RUN == READ_AND_RUN for path in (tree, tree / "bin" / "postgres")):
        return
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        wanted = READ_AND_RUN if path.is_dir() or mode & 0o100 else 0o004
        path.chmod(mode | wanted)
