"""Makes the calls by which Citus distributes the tables, for docs/scale.md; `make format` runs it."""

from documents import ROOT, with_made
from sqlalchemy import MetaData, Table

from app.domain.metadata import metadata

DOCUMENT = ROOT / "docs" / "scale.md"
REFERENCE = {
    "tenants": "every tenant's table refers to it, and it is read by all and seldom written",
    "credentials": "read by its public id to learn which tenant is speaking",
    "hosts": "read by a host name to learn to whom it leads",
}
LOCAL = {
    "senders": "which processes send, by the advisory locks of one node",
    "installation": "one row, read and written seldom",
    "inbox_items": "the built-in receiver of development, off with a real admin token",
}


def distributed(schema: MetaData) -> list[Table]:
    """Those that lie with their tenant, each after all that it refers to."""
    return [table for table in schema.sorted_tables if table.name not in {*REFERENCE, *LOCAL}]


def calls() -> str:
    """The calls as the document shows them."""
    lines = ["```sql"]
    lines += [f"SELECT create_reference_table('{name}');" for name in REFERENCE]
    first, *others = (table.name for table in distributed(metadata))
    lines += [f"SELECT create_distributed_table('{first}', 'tenant_id');"]
    lines += [
        f"SELECT create_distributed_table('{name}', 'tenant_id', colocate_with => '{first}');"
        for name in others
    ]
    return "\n".join([*lines, "```"]) + "\n"


def document_with(made: str) -> str:
    """The document with these calls in their place."""
    return with_made(DOCUMENT, "distribution", made)


if __name__ == "__main__":
    DOCUMENT.write_text(document_with(calls()), "utf-8")
