"""Figures and documentation are everybody's, or of those who have the token."""

from pathlib import Path

import httpx
import pytest

from app.settings import Settings

FIGURES = "the-figures-are-for-prometheus-41"
WORDS = "documentation-for-colleagues-7-of-9"
DOCS = ["/docs", "/docs/agora", "/docs/agora/openapi.json", "/docs/ui/swagger-ui.css", "/docs/ui/start.js"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        public_url="http://homeroom.test",
        work=False,
        metrics_token=FIGURES,
        docs_token=WORDS,
    )


async def test_figures_may_ask_for_a_token(client: httpx.AsyncClient, admin: dict[str, str]) -> None:
    for headers in ({}, {"authorization": f"Bearer {WORDS}"}, {"authorization": f"Basic {FIGURES}"}):
        refused = await client.get("/metrics", headers=headers)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert "homeroom_http_requests" not in refused.text
    for headers in ({"authorization": f"Bearer {FIGURES}"}, admin):
        assert "homeroom_http_requests" in (await client.get("/metrics", headers=headers)).text


@pytest.mark.parametrize("path", [*DOCS, "/_/admin/v1/openapi.json"])
async def test_documentation_may_ask_for_a_password(
    client: httpx.AsyncClient, admin: dict[str, str], path: str
) -> None:
    for auth in (None, ("reader", FIGURES), ("reader", "")):
        refused = await client.get(path, auth=auth)
        assert refused.status_code == 401
        # So browsers ask for it.
        assert refused.headers["www-authenticate"].startswith("Basic ")
    for more in ({"auth": ("anybody", WORDS)}, {"headers": {"authorization": f"Bearer {WORDS}"}}):
        assert (await client.get(path, **more)).status_code == 200  # type: ignore[arg-type]
    assert (await client.get(path, headers=admin)).status_code == 200
    broken = await client.get(path, headers=[(b"authorization", b"Basic \xe9")])
    assert broken.status_code == 401


async def test_whether_it_lives_is_told_to_everybody(client: httpx.AsyncClient) -> None:
    assert [(await client.get(path)).status_code for path in ("/livez", "/readyz")] == [200, 200]
