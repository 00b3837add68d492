"""Full text of what reviews found, and the digests that were sent of it."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

_TEXTS = {"factors": "text", "learnings": "text", "actions": "text", "review_documents": "markdown"}


def upgrade() -> None:
    """Create the indexes and their triggers, with the words of what is there, and the table."""
    for table, column in _TEXTS.items():
        if op.get_context().dialect.name == "sqlite":
            _fts5(table, column)
        else:
            part = r"'[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+'"
            words = f"to_tsvector('simple', regexp_replace({column}, {part}, ' ', 'g'))"
            op.execute(f"CREATE INDEX {table}_search ON {table} USING gin (({words}))")
    op.create_table(
        "learning_digests",
        sa.Column("learning_id", sa.BigInteger(), sa.ForeignKey("learnings.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("learning_id", "at"),
    )


def _fts5(table: str, column: str) -> None:
    words = f"{table}_search"
    add = f"INSERT INTO {words}(rowid, {column}) VALUES (new.id, new.{column})"  # noqa: S608
    take = f"INSERT INTO {words}({words}, rowid, {column}) VALUES ('delete', old.id, old.{column})"  # noqa: S608
    op.execute(
        f"CREATE VIRTUAL TABLE {words} USING fts5({column}, content='{table}', content_rowid='id', "
        "tokenize=\"unicode61 remove_diacritics 0\", prefix='2 3')"
    )
    op.execute(f"INSERT INTO {words}({words}) VALUES ('rebuild')")  # noqa: S608
    op.execute(f"CREATE TRIGGER {words}_added AFTER INSERT ON {table} BEGIN {add}; END")
    op.execute(f"CREATE TRIGGER {words}_gone AFTER DELETE ON {table} BEGIN {take}; END")
    op.execute(f"CREATE TRIGGER {words}_changed AFTER UPDATE OF {column} ON {table} BEGIN {take}; {add}; END")
