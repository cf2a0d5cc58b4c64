"""The command `homeroom`: thin commands that read the settings, open the database and call one thing."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import typer

from app import vendor_commands
from app.agora_command import agora_app
from app.clock_command import clock_app
from app.configuring import fail, read_settings
from app.deliveries_command import deliveries_app
from app.files_command import files_app
from app.jobs_command import jobs_app
from app.kit.private import keep_private
from app.learncube_command import learncube_app
from app.listen_command import listen
from app.receivers_command import receivers_app
from app.settings import Settings

app = typer.Typer(
    name="homeroom", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)
tenant_app = typer.Typer(no_args_is_help=True, help="Customer accounts.")
app.add_typer(tenant_app, name="tenant")
app.add_typer(clock_app, name="clock")
app.add_typer(deliveries_app, name="deliveries")
app.add_typer(jobs_app, name="jobs")
app.add_typer(files_app, name="files")
app.add_typer(receivers_app, name="receivers")
app.add_typer(agora_app, name="agora")
app.add_typer(learncube_app, name="learncube")
for command in (listen, vendor_commands.env, vendor_commands.hosts, vendor_commands.ca):
    app.command()(command)
T = TypeVar("T")


def main() -> None:
    """Entry point: expected trouble is one sentence on standard error, never a traceback."""
    keep_private()
    try:
        app()
    except Exception as error:
        if isinstance(error, expected_trouble()):
            fail(str(error))
        raise


def expected_trouble() -> tuple[type[Exception], ...]:
    """What is a reason told to the operator, not a bug; imported only then, as it takes its time."""
    from app.kit.accounts import DatabaseTrouble
    from app.kit.store import StoreUnavailable
    from app.rules.refusals import Refusal
    from app.tls import TlsTrouble

    return DatabaseTrouble, Refusal, StoreUnavailable, TlsTrouble


@app.command()
def serve() -> None:
    """Serve the APIs and the rooms, and do the background work unless HOMEROOM_WORK is false."""
    # Before anything is imported that takes its time: a wrong one is told at once.
    settings = read_settings()
    from app import serving

    with stopping_cleanly():
        serving.serve(settings)


@app.command()
def work() -> None:
    """Do the background work alone: deliveries, jobs."""
    settings = read_settings()
    from uvicorn.loops.auto import auto_loop_factory

    from app import bootstrap, database, storing
    from app.kit.descriptors import raise_limit
    from app.main import run_workers

    raise_limit()
    with stopping_cleanly(), database.opened(settings) as address:
        database.migrate(address)
        asyncio.run(bootstrap.prepare(settings, address))
        store = asyncio.run(storing.of_database(settings, address))
        # The same loop as the server's: uvloop where there is one.
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(run_workers(settings, address.url, address.dsn, store))


@app.command()
def migrate(
    days: Annotated[
        int, typer.Option(min=7, max=3660, help="Partitions of the log of tries so far ahead.")
    ] = 7,
) -> None:
    """Bring the database's tables up to date (`serve` and `work` do so by themselves)."""
    from app import database

    with database.opened(read_settings()) as address:
        database.migrate(address)
        database.make_days(address, days)
    print("The database is up to date.")


@app.command()
def credentials(
    tenant: Annotated[str, typer.Option(help="Whose credentials.")] = "development",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Show what a program needs to sign in as a tenant."""
    from app import bootstrap, database
    from app.credentials import of_tenant

    settings = read_settings()
    with database.opened(settings) as address:
        database.require_migrated(address)
        if settings.development and tenant == bootstrap.TENANT:
            asyncio.run(bootstrap.prepare(settings, address))
        found = asyncio.run(database.one_work(address, lambda work: of_tenant(work, settings, tenant)))
    print(json.dumps(found, indent=None if as_json else 2))


@app.command()
def demo(
    base_url: Annotated[
        str | None, typer.Option(help="The server; default: the one of these settings.")
    ] = None,
) -> None:
    """Hold a whole class against the running server, in seconds, and print the pings it sent."""
    from app.demo import DemoFailed, hold_class

    settings = read_settings()
    try:
        asyncio.run(hold_class((base_url or settings.base_url).rstrip("/"), settings))
    except DemoFailed as error:
        fail(f"the demo failed: {error}")


@tenant_app.command("create")
def tenant_create(
    name: str,
    test: Annotated[bool, typer.Option(help="Marks the account as one for tests.")] = False,
    allow_private: Annotated[bool, typer.Option(help="Pings may go to private addresses.")] = False,
) -> None:
    """Make an account and show its credentials for every dialect."""
    from app.credentials import of_tenant
    from app.domain import tenants

    settings = read_settings()

    async def create(work: Any) -> Any:
        made = await tenants.create(
            work, name, test=test, allow_private=allow_private, development=settings.development
        )
        return await of_tenant(work, settings, made.tenant_id)

    print(json.dumps(_in_work(settings, create), indent=2))


@tenant_app.command("list")
def tenant_list() -> None:
    """Every account: its id, name, and when it was made."""
    from app.domain.tenants import queries

    for tenant in _in_work(read_settings(), queries.all_tenants):
        print(f"{tenant.tenant_id:20}  {tenant.created_at:%Y-%m-%d %H:%M}Z  {tenant.name}")


@tenant_app.command("show")
def tenant_show(tenant_id: str) -> None:
    """One account with its credentials."""
    from app.credentials import of_tenant

    settings = read_settings()
    print(json.dumps(_in_work(settings, lambda work: of_tenant(work, settings, tenant_id)), indent=2))


@tenant_app.command("rotate-signing")
def tenant_rotate_signing(
    tenant_id: str,
    overlap: Annotated[str, typer.Option(help="How long what the present key signed holds, as 24h.")] = "0s",
) -> None:
    """Sign links and access tokens with a new key; those that were given out before are void."""
    from app.domain import tenants
    from app.rules import durations

    span = durations.span(overlap, "overlap")
    held = _in_work(read_settings(), lambda work: tenants.rotate_signing(work, tenant_id, span))
    until = held.former_signing_until
    print(
        f"What was signed before holds until {until:%Y-%m-%d %H:%M}Z."
        if until
        else "What was signed before is void."
    )


def _in_work(settings: Settings, act: Callable[[Any], Awaitable[T]]) -> T:
    from app import database

    with database.opened(settings) as address:
        database.require_migrated(address)
        return asyncio.run(database.one_work(address, act))


@contextmanager
def stopping_cleanly() -> Iterator[None]:
    """Ctrl-C, a supervisor's TERM and a closed terminal all leave through the `finally` blocks."""

    def leave(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    # The server treats TERM as the wish to stop; a closed terminal means the same.
    signal.signal(signal.SIGHUP, lambda _number, _frame: signal.raise_signal(signal.SIGTERM))
    try:
        yield
    except KeyboardInterrupt:
        print("Homeroom has stopped.")


if __name__ == "__main__":
    main()
