"""The declarative base that every table shares: naming, UTC timestamps, JSON columns."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, MetaData, String, Values, column, values
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCTimestamp(TypeDecorator[datetime]):
    """A timestamp with time zone that is aware and in UTC on both sides; a naive value is a bug."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values, store UTC."""
        del dialect
        if value is not None and value.tzinfo is None:
            message = "a naive datetime cannot be stored"
            raise ValueError(message)
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand out UTC."""
        del dialect
        return value.astimezone(UTC) if value is not None else None


class Base(DeclarativeBase):
    """The base of every table; relationships are written as queries, never loaded lazily."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCTimestamp(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


def own_times(times: Mapping[str, datetime]) -> Values:
    """Tenants with the present of each, `tenant_id` and `present`, as a table to join."""
    present = column("present", DateTime(timezone=True))
    return values(column("tenant_id", String), present, name="own").data(list(times.items()))
