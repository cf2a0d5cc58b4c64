"""A server as an operator starts it: nothing in its data directory is for other users to read."""

import resource
import stat

import psutil
import pytest
from homeroom import Homeroom

pytestmark = pytest.mark.process


def test_what_a_server_keeps_is_nobody_elses_and_it_may_open_all_that_the_system_allows(
    homeroom: Homeroom,
) -> None:
    readable = [
        path
        for path in homeroom.data_dir.rglob("*")
        if not path.is_socket() and path.lstat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    ]
    assert readable == []
    assert homeroom.process is not None
    soft, hard = psutil.Process(homeroom.process.pid).rlimit(resource.RLIMIT_NOFILE)
    assert soft == min(hard, 1_048_576)
    assert (homeroom.data_dir / "files").is_dir()
