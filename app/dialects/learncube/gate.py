"""Both sides are ready: the customer says whether the lesson may start."""

import logging

from app.dialects.learncube.ask import Asker
from app.domain import joint
from app.domain.classrooms import queries as classrooms
from app.domain.outbox import endpoints

log = logging.getLogger(__name__)

UNREACHABLE = "The school's server cannot be asked whether the class may start."


async def ask_to_start(asker: Asker, tenant_id: str, classroom_id: str) -> None:
    """Ask `start_lesson` and start, or tell everybody in the room why not."""
    try:
        async with asker.works.begin(tenant_id) as work:
            classroom = await classrooms.by_id(work, tenant_id, classroom_id)
            endpoint = await endpoints.of(work, tenant_id, "learncube", classroom.endpoint)
        asked = await asker.ask(endpoint, "start_lesson", classroom.reference or "")
        async with asker.works.begin(tenant_id) as work:
            await asked.note(work)
            if asked.reply.granted:
                await joint.start_together(work, tenant_id, classroom_id)
            else:
                await joint.refuse_start(work, tenant_id, classroom_id, asked.reply.message)
    except Exception:
        log.exception("the start of %s could not be asked for", classroom_id)
        async with asker.works.begin(tenant_id) as work:
            await joint.refuse_start(work, tenant_id, classroom_id, UNREACHABLE)
