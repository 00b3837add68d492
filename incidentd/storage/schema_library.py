"""Full text of what reviews found: FTS5 on SQLite, kept by triggers; an index of words on PostgreSQL.

Both split a text at everything that is neither a letter nor a digit and fold case; neither stems. These statements make
what the migration makes, for tables made from this schema (a test compares the two).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import DDL, ColumnElement, Function, Index, String, event, func, literal_column

from incidentd.storage.metadata import metadata
from incidentd.storage.schema_reviews import actions, factors, learnings, review_documents

TEXTS = {factors.name: "text", learnings.name: "text", actions.name: "text", review_documents.name: "markdown"}
"""The column of each table that is searched."""
SUFFIX = "_search"
"""The index of a table has its name with this behind it."""


def words_of(column: ColumnElement[str]) -> Function[object]:
    """On PostgreSQL: the words of a column, as its index has them."""
    # ASCII only: what else is a letter depends on the locale, and its own parser knows.
    part, of_all = literal_column(r"'[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+'", String), literal_column("'g'", String)
    parted = func.regexp_replace(column, part, literal_column("' '", String), of_all)
    return func.to_tsvector(literal_column("'simple'", String), parted)


def sqlite_statements(table: str, column: str) -> Iterator[str]:
    """The index of a table, and the triggers that keep it."""
    words = f"{table}{SUFFIX}"
    # Names are ours, and no parameter can stand for them.
    add = f"INSERT INTO {words}(rowid, {column}) VALUES (new.id, new.{column})"  # noqa: S608
    take = f"INSERT INTO {words}({words}, rowid, {column}) VALUES ('delete', old.id, old.{column})"  # noqa: S608
    yield (
        f"CREATE VIRTUAL TABLE {words} USING fts5({column}, content='{table}', content_rowid='id', "
        "tokenize=\"unicode61 remove_diacritics 0\", prefix='2 3')"
    )
    yield f"CREATE TRIGGER {words}_added AFTER INSERT ON {table} BEGIN {add}; END"
    yield f"CREATE TRIGGER {words}_gone AFTER DELETE ON {table} BEGIN {take}; END"
    yield f"CREATE TRIGGER {words}_changed AFTER UPDATE OF {column} ON {table} BEGIN {take}; {add}; END"


def _after_create() -> None:
    """SQLAlchemy has no word for a virtual table; the index of PostgreSQL is one that SQLite must not make."""
    for name, column in TEXTS.items():
        for statement in sqlite_statements(name, column):
            made = DDL(statement)  # type: ignore[no-untyped-call]
            event.listen(metadata.tables[name], "after_create", made.execute_if(dialect="sqlite"))
        of = metadata.tables[name]
        gone = DDL(f"DROP TABLE IF EXISTS {name}{SUFFIX}")  # type: ignore[no-untyped-call]
        event.listen(of, "before_drop", gone.execute_if(dialect="sqlite"))
        index = Index(f"{name}{SUFFIX}", words_of(of.c[column]), postgresql_using="gin", _table=of)
        index.ddl_if(dialect="postgresql")


_after_create()
