"""The tables can be distributed by tenant as docs/scale.md says."""

from distribution import DOCUMENT, LOCAL, REFERENCE, calls, distributed, document_with
from sqlalchemy import Column, ForeignKey, Index, MetaData, String, Table, UniqueConstraint

from app.domain.metadata import metadata


def obstacles(schema: MetaData) -> list[str]:
    """What Citus would refuse: it asks for the distribution column in every key and every reference."""
    mine = {table.name for table in distributed(schema)}
    found = []
    for table in schema.sorted_tables:
        for key in table.foreign_key_constraints:
            to = key.referred_table.name
            pairs = [(part.parent.name, part.column.name) for part in key.elements]
            if table.name in mine and to in mine and ("tenant_id", "tenant_id") not in pairs:
                found.append(f"{table.name}: its reference to {to} is not by tenant")
            if table.name not in mine and to not in REFERENCE:
                found.append(f"{table.name}: no table that is everywhere may refer to {to}")
            if key.ondelete == "SET NULL" or key.onupdate == "SET NULL":
                found.append(f"{table.name}: a tenant_id would be emptied")
        if table.name in mine:
            unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
            keys = [table.primary_key, *unique, *(one for one in table.indexes if one.unique)]
            found += [
                f"{table.name}: {key.name} lets a row be unique over all tenants"
                for key in keys
                if "tenant_id" not in key.columns
            ]
        parts = table.dialect_options["postgresql"]["partition_by"]
        if parts and parts.split("(")[1].rstrip(")") not in table.primary_key.columns:
            found.append(f"{table.name}: its partitions are by a column that is not in its key")
    return found


def test_nothing_stands_in_the_way() -> None:
    assert obstacles(metadata) == []


def test_the_document_has_a_call_for_every_table() -> None:
    assert document_with(calls()) == DOCUMENT.read_text("utf-8"), "run `make format`"
    named = {table.name for table in distributed(metadata)} | REFERENCE.keys() | LOCAL.keys()
    assert named == metadata.tables.keys()


def test_the_document_says_why_a_table_is_no_tenants() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert [name for name in {**REFERENCE, **LOCAL} if f"`{name}`" not in text] == []


def test_planted_tables_are_noticed() -> None:
    schema = MetaData()
    Table("tenants", schema, Column("tenant_id", String, primary_key=True))
    owner = Column("owner_id", String, primary_key=True)
    Table("owners", schema, Column("tenant_id", String, primary_key=True), owner)
    by_owner = Column("owner_id", ForeignKey("owners.owner_id"))
    Table("things", schema, Column("tenant_id", String, primary_key=True), by_owner)
    Table(
        "hosts", schema, Column("host", String, primary_key=True), Column("o", ForeignKey("owners.owner_id"))
    )
    Table(
        "names",
        schema,
        Column("tenant_id", String, primary_key=True),
        Column("n", String),
        Index("i", "n", unique=True),
    )
    Table(
        "days", schema, Column("tenant_id", String, primary_key=True), postgresql_partition_by="RANGE (day)"
    )
    assert sorted(obstacles(schema)) == [
        "days: its partitions are by a column that is not in its key",
        "hosts: no table that is everywhere may refer to owners",
        "names: i lets a row be unique over all tenants",
        "things: its reference to owners is not by tenant",
    ]
