"""A row that goes takes others with it: those are found by an index, however many there are."""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from app.domain.metadata import metadata


def not_found_by_index(schema: MetaData) -> list[str]:
    """Foreign keys whose columns stand at the beginning of no whole index."""
    found = []
    for table in schema.sorted_tables:
        indexes = [
            [column.name for column in one.columns]
            for one in table.constraints
            if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)
        ]
        indexes += [
            [column.name for column in one.columns]
            for one in table.indexes
            if one.dialect_options["postgresql"]["where"] is None
        ]
        for key in table.foreign_key_constraints:
            names = key.column_keys
            if not any(set(index[: len(names)]) == set(names) for index in indexes):
                found.append(f"{table.name}: no index begins with {', '.join(names)}")
    return found


def test_every_foreign_key_has_its_index() -> None:
    assert not_found_by_index(metadata) == []


def planted(*indexes: Index) -> MetaData:
    schema = MetaData()
    parts = (Column("tenant_id", String, primary_key=True), Column("id", String, primary_key=True))
    Table("owners", schema, *parts)
    key = ForeignKeyConstraint(["tenant_id", "owner_id"], ["owners.tenant_id", "owners.id"])
    Table("things", schema, *(part._copy() for part in parts), Column("owner_id", String), key, *indexes)
    return schema


def test_a_planted_key_without_index_is_noticed() -> None:
    assert not_found_by_index(planted()) == ["things: no index begins with tenant_id, owner_id"]
    assert not_found_by_index(planted(Index("i", "owner_id")))
    assert not_found_by_index(planted(Index("i", "tenant_id", "owner_id", postgresql_where="id > ''")))
    assert not_found_by_index(planted(Index("i", "tenant_id", "owner_id", "id"))) == []
