"""What commands that talk to a running server share: asking its admin API, options, tables."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from app.configuring import fail, read_settings

DEVELOPMENT = "development"
PATIENCE = 60.0

Tenant = Annotated[str, typer.Option(help="Whose.")]
Server = Annotated[
    str | None, typer.Option("--base-url", help="The server; default: the one of these settings.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The server's own words, for programs.")]
Since = Annotated[
    str | None, typer.Option(help="How long ago, such as 2h or 3d, or an instant: 2031-03-01T08:00:00Z.")
]


def ask(  # noqa: PLR0913 - each value is named at the call
    method: str,
    path: str,
    base_url: str | None,
    *,
    body: Any = None,
    params: Mapping[str, Any] | None = None,
    patience: float = PATIENCE,
) -> Any:
    """What the admin API answers under this path; the command ends with the reason where it refuses."""
    import httpx

    from app import tls

    settings = read_settings()
    url = f"{(base_url or settings.base_url).rstrip('/')}/_/admin/v1/{path}"
    given = {name: value for name, value in (params or {}).items() if value is not None}
    headers = {"authorization": f"Bearer {settings.admin_token}"}
    try:
        trust = tls.trust(settings) or True
        answer = httpx.request(
            method, url, json=body, params=given, headers=headers, timeout=patience, verify=trust
        )
    except (httpx.TransportError, httpx.InvalidURL) as error:
        fail(f"{url} does not answer ({error}). Is the server running?")
    return told(answer)


def told(answer: Any) -> Any:
    """What an answer says, or the end of the command with the reason."""
    try:
        said = answer.json()
    except ValueError:
        fail(f"{answer.url} is no Homeroom: it answers {answer.status_code} with something else.")
    if answer.is_error:
        field = f"{said['field']}: " if "field" in said else ""
        fail(field + str(said.get("detail", answer.text)))
    return said


def of_tenant(tenant: str, *parts: str) -> str:
    """A path below a tenant."""
    from urllib.parse import quote

    return "/".join(("tenants", *(quote(part, safe="") for part in (tenant, *parts))))


def print_json(told: Any) -> None:
    """Print it for programs."""
    print(json.dumps(told, indent=2, ensure_ascii=False))


def print_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below their names, each column as wide as it needs."""
    widths = [max(len(row[place]) for row in (names, *rows)) for place in range(len(names))]
    for row in (names, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def moment(text: str | None) -> str:
    """An instant as people read it, UTC to the second; a dash for none."""
    return "-" if text is None else f"{text[:10]} {text[11:19]}"
