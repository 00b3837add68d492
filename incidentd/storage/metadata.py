"""What every table is declared on. `tables` imports all of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData
from sqlalchemy.types import TypeEngine

metadata = MetaData()

ROW_ID: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite gives row ids to INTEGER keys only; PostgreSQL gets 64 bits."""


def row_id() -> Column[int]:
    """The primary key of a table whose rows are numbered."""
    return Column("id", ROW_ID, primary_key=True, autoincrement=True)
