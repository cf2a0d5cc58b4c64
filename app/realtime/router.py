"""Where the room's sockets connect. The link in the path is the capability: there is no cookie to protect."""

from fastapi import APIRouter, WebSocket

from app.realtime.socket import Connection

router = APIRouter()


@router.websocket("/_/room/{tenant_id}/{link}/socket")
async def room_socket(websocket: WebSocket, tenant_id: str, link: str) -> None:
    """A tab joins the room that the link leads to."""
    state = websocket.app.state
    await Connection(websocket, state.works, state.hub, state.gate, tenant_id, link).serve()
