"""Every setting of Homeroom: one frozen class, read once at start-up from the `HOMEROOM_*` variables."""

import ipaddress
import os
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.kit.forwarded import Network, networks
from app.kit.outbound.urls import host_of
from app.kit.secret_files import with_files
from app.kit.store import check_url
from app.rules.refusals import BadValue

# Well known on purpose, like a password printed on the box: with it the server answers on loopback only.
DEVELOPMENT_ADMIN_TOKEN: Final = "homeroom-development-admin-token"  # noqa: S105 - public by design
SHORTEST_ADMIN_TOKEN: Final = 24
FEWEST_LETTERS: Final = 8
"""Different ones in a token. Any that was made by chance, in hexadecimal too, has more."""
FEWEST_DAYS: Final = 7
SECRETS: Final = (
    *("admin_token", "metrics_token", "docs_token"),
    *("database_url", "database_password", "egress_proxy", "files_url"),
)
"""Each may be read from the file that `HOMEROOM_<NAME>_FILE` names."""


class Settings(BaseSettings):
    """What an operator can decide; each default serves a newcomer on one machine."""

    model_config = SettingsConfigDict(
        env_prefix="HOMEROOM_", frozen=True, env_ignore_empty=True, extra="ignore"
    )

    host: str = Field(
        "127.0.0.1", description="Address to listen on. Anything but loopback needs an admin token."
    )
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        None,
        description="Base URL for the outside, such as https://class.example; links carry it.",
    )
    tls: Literal["off", "auto"] = Field(
        "off", description="`auto`: the port speaks https with a certificate of `homeroom ca`'s authority."
    )
    tls_cert: Path | None = Field(
        None, description="Your own certificate in PEM, with its chain: https by it."
    )
    tls_key: Path | None = Field(None, description="The private key of that certificate.")
    trusted_proxies: str = Field(
        "", description="Addresses and CIDR blocks of your proxies, with commas; only their headers count."
    )
    database_url: str | None = Field(
        None,
        description="Your own PostgreSQL 14 or newer; without it an embedded one runs in the data directory.",
    )
    database_password: str | None = Field(
        None, description="The password of that address, where it holds none; from a file, for containers."
    )
    data_dir: Path = Field(Path(".homeroom"), description="Where the embedded database and other files live.")
    admin_token: str = Field(
        DEVELOPMENT_ADMIN_TOKEN,
        description="Admin API bearer token, 24 characters or more. Unset: development credentials.",
    )
    development_tenants: Literal["refuse", "retire", "keep"] = Field(
        "refuse",
        description="Tenants made under development credentials that may ping private addresses, when these "
        "are in force no more: start refused, new secrets for them, or left as they are.",
    )
    metrics_token: str | None = Field(
        None, description="Bearer token for `/metrics`, 24 characters or more; unset: anybody may read it."
    )
    docs_token: str | None = Field(
        None, description="Password for `/docs` (any user name), 24 characters or more; unset: no password."
    )
    files_url: str | None = Field(
        None,
        description="S3-compatible store of files, s3://bucket/prefix?endpoint=…; unset: the data directory.",
    )
    upload_mb: int = Field(
        100, ge=1, le=100_000, description="The largest file that may be uploaded, in MB (millions of bytes)."
    )
    work: bool = Field(
        default=True, description="Whether `homeroom serve` also does the background work of `homeroom work`."
    )
    worker_port: int | None = Field(
        None, ge=1, le=65535, description="Port on which `homeroom work` answers `/livez` and `/metrics`."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    overtime_minutes: int = Field(
        15, ge=0, le=1440, description="How long a class may run over its duration before it is ended."
    )
    early_minutes: int = Field(
        10, ge=0, le=1440, description="How long before its time a scheduled lesson may start."
    )
    empty_room_minutes: int = Field(
        15, ge=1, le=1440, description="How long a live class may stay empty before it is ended."
    )
    token_calls_per_hour: int = Field(
        0, ge=0, le=1440, description="Access tokens a tenant may ask for in an hour; 0 sets no limit."
    )
    entries_per_minute: int = Field(
        300,
        ge=0,
        le=100_000,
        description="How often an address may ask the LearnCube class page to let it in; 0 sets no limit.",
    )
    guests_per_minute: int = Field(
        1000,
        ge=0,
        le=100_000,
        description="How many guests may come by common links from one address; 0 sets no limit.",
    )
    question_seconds: float = Field(
        10,
        gt=0,
        le=60,
        description="How long a customer's server may think while somebody waits at the door.",
    )
    film_font: Path | None = Field(
        None, description="A font file for the names and words in films; unset takes one of the system's."
    )
    inbox: bool | None = Field(
        None, description="The built-in ping inbox; unset means on with development credentials only."
    )
    allowed_networks: str = Field(
        "", description="Private addresses and CIDR blocks that every tenant's pings may reach, with commas."
    )
    egress_proxy: str | None = Field(
        None,
        description="A proxy for pings and questions, http://[user:password@]host:port; it speaks CONNECT.",
    )
    keep_attempts_days: int = Field(
        30, ge=0, le=36_500, description="How long tries to deliver are kept, in days; 0 is for ever."
    )
    keep_deliveries_days: int = Field(
        30, ge=0, le=36_500, description="How long pings that were settled, and questions asked, are kept."
    )
    keep_events_days: int = Field(
        730,
        ge=0,
        le=36_500,
        description="How long events are kept: attendance reports, what recordings show.",
    )
    keep_chats_days: int = Field(365, ge=0, le=36_500, description="How long chat messages are kept.")
    keep_addresses_days: int = Field(
        90, ge=0, le=36_500, description="How long it is kept from which address and browser people came."
    )
    keep_inbox_days: int = Field(
        14, ge=0, le=36_500, description="How long the built-in inbox keeps what arrived."
    )
    secret_overlap_hours: int = Field(
        24, ge=0, le=8760, description="How long a secret that was rotated is signed with beside the new one."
    )
    database_pool: int = Field(20, ge=2, le=500, description="Most database connections one process holds.")
    database_seconds: float = Field(
        30, gt=0, le=3600, description="How long a statement may take; then the database counts as away."
    )

    @model_validator(mode="before")
    @classmethod
    def _secrets_of_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        return with_files(values, SECRETS, "HOMEROOM_", os.environ)

    @field_validator("public_url")
    @classmethod
    def _bare_url(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("HOMEROOM_PUBLIC_URL has to start with http:// or https://.")
        if url is not None:
            try:
                host_of(url)
            except BadValue as refusal:
                raise ValueError(f"It {refusal.why}.") from None
        return url.rstrip("/") if url else None

    @field_validator("keep_deliveries_days", "keep_events_days", "keep_chats_days")
    @classmethod
    def _longer_than_needed(cls, days: int) -> int:
        # What a lesson that runs or a receiver that is away for days needs must not be gone before.
        if 0 < days < FEWEST_DAYS:
            raise ValueError(f"It has to be {FEWEST_DAYS} or more, or 0 for ever.")
        return days

    @field_validator("trusted_proxies", "allowed_networks")
    @classmethod
    def _known_addresses(cls, text: str) -> str:
        networks(text)
        return text

    @field_validator("egress_proxy")
    @classmethod
    def _an_http_proxy(cls, url: str | None) -> str | None:
        if url is not None and not (url.startswith("http://") and urlsplit(url).hostname):
            raise ValueError("It has to be http://host:port.")
        return url

    @field_validator("files_url")
    @classmethod
    def _a_store(cls, url: str | None) -> str | None:
        if url:
            try:
                check_url(url)
            except BadValue as refusal:
                raise ValueError(f"It {refusal.why}.") from None
        return url

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.development and not is_loopback(self.host):
            raise ValueError(
                f"Homeroom will not listen on {self.host} with the development credentials, which everybody "
                f"knows: set HOMEROOM_ADMIN_TOKEN to a secret of {SHORTEST_ADMIN_TOKEN} characters or more, "
                "or listen on 127.0.0.1."
            )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("HOMEROOM_TLS_CERT and HOMEROOM_TLS_KEY are needed both.")
        if self.tls_cert and self.tls == "auto":
            raise ValueError("HOMEROOM_TLS=auto makes certificates itself: unset HOMEROOM_TLS_CERT, or it.")
        for name in ("admin_token", "metrics_token", "docs_token"):
            token = getattr(self, name)
            if token is not None and (why := weakness_of(token)):
                raise ValueError(f"HOMEROOM_{name.upper()} {why}.")
        return self

    @property
    def development(self) -> bool:
        """Whether the well-known credentials are in force."""
        return self.admin_token == DEVELOPMENT_ADMIN_TOKEN

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The proxies whose word about a request counts."""
        return networks(self.trusted_proxies)

    @property
    def allowed(self) -> tuple[Network, ...]:
        """The private networks that guarded requests may reach."""
        return networks(self.allowed_networks)

    @property
    def serves_tls(self) -> bool:
        """Whether this server itself speaks https."""
        return self.tls == "auto" or self.tls_cert is not None

    @property
    def inbox_on(self) -> bool:
        return self.development if self.inbox is None else self.inbox

    @property
    def base_url(self) -> str:
        """The URL that links, pings and credentials carry, without a slash at the end."""
        if self.public_url:
            return self.public_url
        # What listens everywhere is reached here by loopback.
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - not bound to
        host = f"[{here}]" if ":" in here else here
        scheme, usual = ("https", 443) if self.serves_tls else ("http", 80)
        return f"{scheme}://{host}" if self.port == usual else f"{scheme}://{host}:{self.port}"


def weakness_of(token: str) -> str | None:
    """What makes a token easy to guess, as a sentence goes on after its name; None where nothing does."""
    if len(token) < SHORTEST_ADMIN_TOKEN:
        return f"has to have {SHORTEST_ADMIN_TOKEN} characters or more"
    if len(set(token.casefold())) < FEWEST_LETTERS:
        return (
            f"has to have {FEWEST_LETTERS} different characters or more: make it with `openssl rand -hex 24`"
        )
    # A text that is a piece over and over stands in itself twice, moved by that piece.
    if token in (token + token)[1:-1]:
        return "repeats itself: make it with `openssl rand -hex 24`"
    return None


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def complaints(error: ValidationError) -> list[str]:
    """One sentence a wrong setting, without the values: they may be secrets."""
    sentences = []
    for fault in error.errors(include_input=False, include_url=False):
        text = fault["msg"].removeprefix("Value error, ")
        name = "_".join(str(part) for part in fault["loc"]).upper()
        sentences.append(f"HOMEROOM_{name}: {text}" if name else text)
    return sentences
