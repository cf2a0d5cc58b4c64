"""Keeps what this process writes from the other users of the machine."""

import os
import stat
from pathlib import Path
from typing import Final

NOBODY_ELSE: Final = 0o077


def keep_private() -> None:
    """From now on nobody else may read or write the files and folders that this process makes."""
    os.umask(NOBODY_ELSE)


def close_off(folder: Path) -> None:
    """Take a folder, and all that lies in it from earlier, from other users; nothing is asked for twice.

    The folder goes last: it is the sign that the rest is done, also where a kill came between.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not folder.stat().st_mode & NOBODY_ELSE:
        return
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(place, name)
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode) and mode & NOBODY_ELSE:
                path.chmod(stat.S_IMODE(mode) & ~NOBODY_ELSE)
    folder.chmod(stat.S_IMODE(folder.stat().st_mode) & ~NOBODY_ELSE)
