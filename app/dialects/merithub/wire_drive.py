"""Files in MeritHub's style. The vendor advertises its drive and documents no route: the names are ours."""

from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, Any

from pydantic import FailFast, Field, ValidationError

from app.dialects.base import Facts
from app.dialects.merithub.fields import Flag, Id, Many, Text, Wire
from app.dialects.receiving import Received
from app.domain.drive import FileDraft, content_path
from app.domain.drive.links import FOR_PROGRAMS
from app.domain.drive.tables import File
from app.kit.work import Work
from app.rules.refusals import BadValue

PAGE = 100


class UploadForm(Wire):
    """The fields beside the file."""

    title: Text = None
    user_id: Text = Field(None, alias="userId")
    public: Flag = None


def draft(received: Received) -> FileDraft:
    """The new file; its title is the file's name where none was given."""
    try:
        form = UploadForm.model_validate(received.fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadValue(str(first["loc"][0]), str(first["msg"]).removeprefix("Value error, ")) from None
    return FileDraft(
        title=form.title or received.name,
        content_type=received.content_type,
        size=received.size,
        owner_id=(form.user_id or "").strip() or None,
        public=bool(form.public),
    )


class AttachFiles(Wire):
    """The ids of the files to put at hand in a class."""

    file_ids: Annotated[list[Id], FailFast(), Many] = Field(alias="fileIds")


def shown(file: File, facts: Facts, work: Work) -> dict[str, Any]:
    """A file; `url` answers its bytes without login for a week."""
    return {
        "fileId": file.file_id,
        "networkId": facts.public_id,
        "userId": file.owner_id or "",
        "title": file.title,
        "type": file.content_type,
        "size": file.size,
        "public": file.public,
        "createdAt": file.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "url": facts.base_url
        + content_path(facts.tenant_id, file.file_id, facts.signing_secret, work.now + FOR_PROGRAMS),
    }


def page(files: Sequence[File], facts: Facts, work: Work) -> dict[str, Any]:
    """Files of a library; `nextId` is there when more follow."""
    answer: dict[str, Any] = {"files": [shown(file, facts, work) for file in files[:PAGE]]}
    return answer | ({"nextId": files[PAGE - 1].file_id} if len(files) > PAGE else {})


UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "title": {"type": "string"},
                        "userId": {"type": "string"},
                        "public": {"type": "boolean"},
                    },
                }
            }
        },
    }
}
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The bytes", "content": {"application/octet-stream": {}}},
    206: {"description": "The part of them that `Range` asked for"},
    304: {"description": "`If-None-Match` shows that the caller has them"},
}
