"""The API documentation works without the network and without a script in the page."""

import re

import httpx


async def test_the_index_leads_to_every_description(client: httpx.AsyncClient) -> None:
    index = await client.get("/docs")

    links = re.findall(r'href="(/docs/[a-z]+)"', index.text)
    assert index.status_code == 200
    assert {"/docs/merithub", "/docs/admin"} <= set(links)
    for link in links:
        assert (await client.get(link)).status_code == 200
        described = (await client.get(f"{link}/openapi.json")).json()
        assert described["openapi"].startswith("3.1")
        assert described["paths"]


async def test_a_page_loads_nothing_from_elsewhere_and_holds_no_script(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs/merithub")

    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'self';")
    assert re.findall(r"<script[^>]*>[^<]+</script>", page.text) == []
    addresses = re.findall(r'(?:src|href|data-spec)="([^"]+)"', page.text)
    assert len(addresses) == 5
    for address in addresses:
        assert address.startswith("/docs/")
        assert (await client.get(address)).status_code == 200


async def test_the_packaged_swagger_ui_understands_openapi_3_1(client: httpx.AsyncClient) -> None:
    bundle = (await client.get("/docs/ui/swagger-ui-bundle.js")).text

    found = re.search(r'PACKAGE_VERSION:"(\d+)\.', bundle)
    assert found is not None
    assert int(found[1]) >= 5


async def test_no_other_file_of_the_package_is_served(client: httpx.AsyncClient) -> None:
    for name in ("../core.py", "%2e%2e%2fcore.py", "redoc.standalone.js"):
        assert (await client.get(f"/docs/ui/{name}")).status_code == 404


async def test_an_unknown_description_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/docs/nobody")).status_code == 404
    assert (await client.get("/docs/nobody/openapi.json")).status_code == 404


async def test_every_admin_operation_asks_for_the_token_in_its_description(client: httpx.AsyncClient) -> None:
    described = (await client.get("/_/admin/v1/openapi.json")).json()

    operations = {
        f"{method} {path}": operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/_/admin/")
    }
    assert "patch /_/admin/v1/tenants/{tenant}" in operations
    assert "post /_/admin/v1/tenants/{tenant}/deliveries/{delivery_id}/resend" in operations
    assert [
        name for name, operation in operations.items() if operation.get("security") != [{"AdminToken": []}]
    ] == []


async def test_dialects_are_described_apart_from_one_another(client: httpx.AsyncClient) -> None:
    merithub = (await client.get("/docs/merithub/openapi.json")).json()

    assert [path for path in merithub["paths"] if path.startswith("/_/")] == []
