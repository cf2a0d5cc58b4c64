"""What goes when it is old enough: in small batches, by each tenant's clock; nothing that is still owed."""

from app.domain.retention.addresses import blank_reports, blank_visits
from app.domain.retention.cutting import AT_ONCE, Cut, Sweep, by_index
from app.domain.retention.happened import drop_events, drop_messages, drop_polls, drop_recordings
from app.domain.retention.told import drop_deliveries, drop_enquiries, drop_inbox_items, forget_secrets

__all__ = [
    "AT_ONCE",
    "Cut",
    "Sweep",
    "blank_reports",
    "blank_visits",
    "by_index",
    "drop_deliveries",
    "drop_enquiries",
    "drop_events",
    "drop_inbox_items",
    "drop_messages",
    "drop_polls",
    "drop_recordings",
    "forget_secrets",
]
