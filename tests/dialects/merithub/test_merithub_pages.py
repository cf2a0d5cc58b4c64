"""The join pages of the live host."""

import pytest
from merithub_program import Program


async def test_every_path_leads_a_user_into_the_room(program: Program) -> None:
    made = await program.schedule(await program.user("Ada"), title="<Algebra>")
    client_id, link, class_id = program.client_id, made["hostLink"], made["classId"]
    for path in (
        f"/info/room/{client_id}/{link}",
        f"/info/room/{client_id}/{link}?devicetest=true&iframe=true&more=1",
        f"/info/room/{client_id}/{link}/",
        f"/info/device-test/{client_id}/{link}",
        f"/{client_id}/sessions/view/{class_id}/{link}",
    ):
        answer = await program.client.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert f"{link}/socket" in answer.text
        assert "&lt;Algebra&gt;" in answer.text
        assert "<Algebra>" not in answer.text


async def test_a_common_link_shows_the_room_too(program: Program) -> None:
    made = await program.schedule(await program.user("Ada"))
    link = made["commonLinks"]["commonParticipantLink"]
    answer = await program.client.get(f"/info/room/{program.client_id}/{link}")
    assert answer.status_code == 200


@pytest.mark.parametrize("client_id", ["", "0123456789abcdefghij"])
async def test_an_unknown_link_is_a_friendly_page(program: Program, client_id: str) -> None:
    answer = await program.client.get(f"/info/room/{client_id or program.client_id}/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_removed_link_is_gone(program: Program) -> None:
    made = await program.schedule(await program.user("Host"))
    one = await program.user("One")
    body = {"users": [{"userId": one}]}
    added = (await program.call("POST", f"{made['classId']}/users", body)).json()
    await program.call("POST", f"{made['classId']}/removeuser", {"users": [one]})
    answer = await program.client.get(f"/info/room/{program.client_id}/{added[0]['userLink']}")
    assert answer.status_code == 410
    assert answer.headers["content-type"].startswith("text/html")


async def test_the_view_path_names_the_right_class(program: Program) -> None:
    made = await program.schedule(await program.user("Ada"))
    path = f"/{program.client_id}/sessions/view/other/{made['hostLink']}"
    assert (await program.client.get(path)).status_code == 404
