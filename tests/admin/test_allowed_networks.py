"""Private networks that an operator lets every tenant's pings reach."""

from pathlib import Path

import httpx
import pytest

from app.settings import Settings

API = "/_/admin/v1/tenants"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        public_url="http://homeroom.test",
        work=False,
        allowed_networks="127.0.0.1, 10.1.0.0/16",
    )


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://127.0.0.1:9/pings", 201),
        ("http://localhost:9/pings", 201),
        ("http://10.1.2.3/pings", 201),
        ("http://10.2.0.1/pings", 400),
        ("http://169.254.169.254/latest", 400),
    ],
)
async def test_urls_of_a_new_tenant(
    client: httpx.AsyncClient, admin: dict[str, str], url: str, status: int
) -> None:
    new = {"name": "Intranet", "merithub": {"ping_url": url}}

    answer = await client.post(API, json=new, headers=admin)

    assert answer.status_code == status, answer.text
    assert (answer.json().get("field") == "merithub.ping_url") is (status == 400)
