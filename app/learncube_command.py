"""`homeroom learncube check`: tries a customer's callback and says in words what is wrong with it."""

import asyncio
from typing import Annotated, Any

import typer

from app.configuring import fail, read_settings

MADE_UP = "HOMEROOM-CHECK"

learncube_app = typer.Typer(no_args_is_help=True, help="For those who write a LearnCube callback.")


@learncube_app.callback()
def learncube() -> None:
    """Keeps `check` a word of its own while it is the only one."""


@learncube_app.command()
def check(
    url: Annotated[str, typer.Argument(help="The callback's URL.")],
    token: Annotated[str, typer.Option(help="A class that the server knows.")] = MADE_UP,
    user_id: Annotated[str, typer.Option(help="A user that the server knows.")] = "1",
) -> None:
    """Call the callback the four ways that a class does, and explain its answers."""
    settings = read_settings()
    findings = asyncio.run(_check(url, token, user_id, settings.question_seconds))
    for one in findings:
        print(f"{'ok ' if one.good else 'BAD'}  {one.request:14}  {one.told}")
        for remark in one.remarks:
            print(f"     {'':14}  Note: {remark}")
    if not all(one.good for one in findings):
        fail("the callback needs mending.")


async def _check(url: str, token: str, user_id: str, seconds: float) -> list[Any]:
    from app.dialects.learncube.check import check as try_callback
    from app.kit.outbound import Sender

    async with Sender() as sender:
        return await try_callback(sender, url, token=token, user_id=user_id, seconds=seconds)
