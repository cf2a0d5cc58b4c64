"""All tables in one place, for migrations and for the tests that read the schema."""

from app.domain.activities import tables as activities
from app.domain.activities import tables_people as activities_people
from app.domain.alarms import tables as alarms
from app.domain.classrooms import tables as classrooms
from app.domain.drive import tables as drive
from app.domain.enquiries import tables as enquiries
from app.domain.events import tables as events
from app.domain.feeds import tables as feeds
from app.domain.inbox import tables as inbox
from app.domain.installation import tables as installation
from app.domain.outbox import tables as outbox
from app.domain.participants import tables as participants
from app.domain.presence import tables as presence
from app.domain.properties import tables as properties
from app.domain.recordings import tables as recordings
from app.domain.resources import tables as resources
from app.domain.rooms import tables as rooms
from app.domain.tenants import tables as tenants
from app.domain.users import tables as users
from app.kit.tables import Base

TABLES = (
    activities,
    activities_people,
    alarms,
    classrooms,
    drive,
    enquiries,
    events,
    feeds,
    inbox,
    installation,
    outbox,
    participants,
    presence,
    properties,
    recordings,
    resources,
    rooms,
    tenants,
    users,
)
metadata = Base.metadata
