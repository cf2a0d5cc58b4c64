"""Commands for programs written for a vendor: what to set in them, hosts lines, the authority to trust."""

import asyncio
import json
import shlex
from enum import StrEnum
from typing import Annotated

import typer

from app.configuring import fail, read_settings


class Vendor(StrEnum):
    """Whose programs."""

    MERITHUB = "merithub"


class Form(StrEnum):
    """How variables are written."""

    SHELL = "shell"
    DOTENV = "dotenv"
    JSON = "json"


def env(
    vendor: Annotated[Vendor, typer.Option(help="Whose program it is.")],
    form: Annotated[Form, typer.Option("--format", help="Whom it is for.")] = Form.SHELL,
    tenant: Annotated[str, typer.Option(help="Which account it signs in to.")] = "development",
) -> None:
    """Print what to set in a program that was written for a vendor."""
    from app import bootstrap, database
    from app.credentials import program_values

    settings = read_settings()
    with database.opened(settings) as address:
        database.require_migrated(address)
        if settings.development and tenant == bootstrap.TENANT:
            asyncio.run(bootstrap.prepare(settings, address))
        values = asyncio.run(
            database.one_work(address, lambda work: program_values(work, settings, vendor.value, tenant))
        )
    print(written(values, form))


def written(values: dict[str, str], form: Form) -> str:
    """The variables in the form asked for."""
    match form:
        case Form.SHELL:
            return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values.items())
        case Form.DOTENV:
            return "\n".join(f'{name}="{value}"' for name, value in values.items())
        case Form.JSON:
            return json.dumps(values, indent=2)


def hosts(
    address: Annotated[str, typer.Option(help="Where the program finds Homeroom.")] = "127.0.0.1",
) -> None:
    """Print hosts-file lines that lead the vendors' own host names to Homeroom."""
    import ipaddress

    from app.dialects.registry import DIALECTS

    try:
        shown = ipaddress.ip_address(address)
    except ValueError:
        fail(f"{address} is not an IP address; a hosts file takes nothing else.")
    for dialect in DIALECTS:
        for name in dialect.host_names:
            print(f"{shown} {name}")


HOW = """\
{path}

Believed for {names}, and all names below them, until {until:%Y-%m-%d}. The key stays in {keys}.
HOMEROOM_TLS=auto makes the server use it. Programs that are to trust it:
  Node    NODE_EXTRA_CA_CERTS={path}
  Python  SSL_CERT_FILE (httpx, aiohttp, urllib) or REQUESTS_CA_BUNDLE (requests) = a bundle
  PHP     curl.cainfo and openssl.cafile in php.ini = a bundle
  curl    --cacert {path}
A bundle is this certificate with those that the system trusts, because Python and PHP then read nothing else:
  cat /etc/ssl/certs/ca-certificates.crt {path} > bundle.pem"""


def ca(
    pem: Annotated[bool, typer.Option("--print", help="The certificate itself, in PEM.")] = False,
) -> None:
    """Make this server's own certificate authority, once, and tell how programs come to trust it."""
    from app import tls

    settings = read_settings()
    files = tls.ensure_authority(settings)
    if pem:
        print(files.certificate.read_text("ascii"), end="")
        return
    made = files.read()
    assert made is not None  # noqa: S101 - it was ensured above
    names = ", ".join(made.permitted)
    until = made.parsed.not_valid_after_utc
    print(HOW.format(path=files.certificate, names=names, until=until, keys=files.key.parent))
