"""The REST API with the Class Log."""

from fastapi import APIRouter

from app.dialects.learncube import rest_classrooms, rest_logs, rest_participants, rest_tokens

router = APIRouter(prefix="/api/virtual-classroom")
for part in (rest_tokens, rest_classrooms, rest_participants, rest_logs):
    router.include_router(part.router)
