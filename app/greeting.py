"""What `homeroom serve` prints first: where things are, how to sign in, one command to paste."""

import shlex

from jose import jwt

from app.bootstrap import TENANT
from app.credentials import Credentials
from app.settings import Settings

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def print_greeting(settings: Settings, credentials: Credentials | None) -> None:
    """With development credentials everything is shown; with real ones no secret is."""
    base = settings.base_url
    lines = [
        "",
        f"Homeroom is starting on {base}",
        f"  API reference   {base}/docs",
        f"  Admin API       {base}/_/admin/v1",
        f"  Health, figures {base}/livez  {base}/readyz  {base}/metrics",
    ]
    if settings.inbox_on:
        lines.append(f"  Pings received  {base}/_/inbox/merithub")
    if settings.tls == "auto":
        lines.append(f"  Certificates by {settings.data_dir.resolve() / 'ca.pem'} (`homeroom ca`)")
    lines += _development(credentials, curl_of(settings)) if credentials else _production(base)
    print("\n".join([*lines, ""]), flush=True)


def curl_of(settings: Settings) -> str:
    """The start of a command that gets an answer: it has to trust the certificate."""
    if settings.tls != "auto":
        return "curl -s"
    return f"curl -s --cacert {shlex.quote(str(settings.data_dir.resolve() / 'ca.pem'))}"


def _development(credentials: Credentials, curl: str) -> list[str]:
    merithub, agora, learncube = credentials["merithub"], credentials["agora"], credentials["learncube"]
    return [
        "",
        f"Tenant `{TENANT}` (well-known credentials, loopback only):",
        f"  MeritHub   client_id {merithub['client_id']}  client_secret {merithub['client_secret']}",
        f"  Agora      app_id {agora['app_id']}  app_certificate {agora['app_certificate']}",
        f"  LearnCube  host {learncube['host']}",
        f"             public_key {learncube['public_key']}  private_key {learncube['private_key']}",
        f"  Admin      token {credentials['admin_token']}",
        "",
        "Try it in a second terminal: get a token, or hold a whole class.",
        f"  {first_curl(credentials, curl)}",
        "  make demo",
    ]


def _production(base: str) -> list[str]:
    return [
        "",
        "Make a tenant, with credentials for every dialect:",
        f'  curl -s {base}/_/admin/v1/tenants -H "Authorization: Bearer $HOMEROOM_ADMIN_TOKEN" \\',
        "    -H 'Content-Type: application/json' -d '{\"name\": \"My school\"}'",
    ]


def first_curl(credentials: Credentials, curl: str = "curl -s") -> str:
    """A token request whose assertion is signed already."""
    client = credentials["merithub"]
    assertion = jwt.encode({"iss": client["client_id"]}, client["client_secret"], algorithm="HS256")
    return (
        f"{curl} {credentials['base_url']}/v1/{client['client_id']}/api/token"
        f" -d grant_type={GRANT} -d assertion={assertion}"
    )
