"""Recordings on demand as the vendor writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from app.dialects.agora.reading import Wire
from app.dialects.agora.words import ms
from app.dialects.reading import Flag, Number, Text
from app.domain.recordings import links
from app.domain.recordings.tables import Take, TakeFile
from app.domain.tenants.tables import Tenant
from app.rules.refusals import BadValue
from app.rules.takes import TakePlan

WEB: Final = "web"
COMPOSITE: Final = "composite"
TYPE_COMPOSITE: Final = 2
RUNNING, ENDED = 1, 2

WISHES: Final = {
    "url": "page",
    "root_url": "root",
    "onhold": "held",
    "video_width": "width",
    "video_height": "height",
    "video_bitrate": "bitrate",
    "video_fps": "fps",
    "audio_profile": "audio",
    "max_recording_hour": "hours",
}


class RecordConfig(Wire):
    """How a recording is to look; what is absent or null is as usual."""

    url: Text = None
    root_url: Text = None
    onhold: Flag = None
    video_bitrate: Number = None
    video_fps: Number = None
    audio_profile: Number = None
    video_width: Number = None
    video_height: Number = None
    max_recording_hour: Number = None

    @property
    def wishes(self) -> dict[str, Any]:
        """What was said, in the domain's words."""
        said = {ours: getattr(self, theirs) for theirs, ours in WISHES.items()}
        return {name: value for name, value in said.items() if value is not None}


class Record(Wire):
    """A recording to be begun or changed."""

    mode: Text = None
    web_record_config: RecordConfig | None = None

    @property
    def wishes(self) -> dict[str, Any]:
        """What was said of its look, in the domain's words."""
        return self.web_record_config.wishes if self.web_record_config else {}

    @property
    def plan(self) -> TakePlan:
        """The recording that is wanted; without a mode a stream of pieces."""
        if self.mode not in (None, "", COMPOSITE, WEB):
            raise BadValue("mode", "must be web, or absent")
        return TakePlan(form="movie" if self.mode == WEB else "stream", **self.wishes)


def is_change(body: dict[str, Any]) -> bool:
    """Whether this is said of a recording that runs: the vendor's page changes one by the way it is begun."""
    config = body.get("webRecordConfig")
    return body.keys() == {"webRecordConfig"} and isinstance(config, dict) and config.keys() == {"onhold"}


def names(take_id: str) -> dict[str, str]:
    """The vendor's recorder has ids of its own; here they follow from the recording's."""
    digest = sha256(take_id.encode()).hexdigest()
    return {
        "recordId": take_id,
        "sid": digest[:32],
        "resourceId": digest[32:],
        "recordUid": str(int(digest[:8], 16)),
    }


@dataclass(frozen=True)
class Place:
    """Whose recordings are listed, and under which address the server is reached."""

    tenant: Tenant
    app_id: str
    room_uuid: str
    base_url: str


def item(take: Take, files: Sequence[TakeFile], place: Place) -> dict[str, Any]:
    """A recording in the list. Addresses are there once the film is."""
    owner, base_url = (place.tenant.signing_secret, take.tenant_id, take.take_id), place.base_url
    is_movie = take.asked.form == "movie"
    movies = [{"url": base_url + links.movie(*owner, file.file_id)} for file in files if is_movie]
    return names(take.take_id) | {
        "appId": place.app_id,
        "roomUuid": place.room_uuid,
        "startTime": ms(take.started_at),
        "endTime": ms(take.ended_at) if take.ended_at else None,
        "boardAppId": None,
        "boardToken": None,
        "boardId": None,
        "type": TYPE_COMPOSITE,
        "status": ENDED if take.ended_at else RUNNING,
        "url": base_url + links.playlist(*owner) if files and not is_movie else None,
        "recordDetails": movies or None,
    }
