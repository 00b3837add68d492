"""A hash for each event of an incident; those that the log has already are chained as they stand.

Column types are plain ones, as in 0001. The rule of the hashes is that of `incidentd.domain.audit`, whose exports have
a format version, so that it cannot change under this migration.
"""

import json

import sqlalchemy as sa
from alembic import op

from incidentd.clock import from_micros
from incidentd.domain.audit import GENESIS, link, plain
from incidentd.wire import Event

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Create the table `incident_chain` and fill it."""
    chain = op.create_table(
        "incident_chain",
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "n"),
    )
    connection = op.get_bind()
    query = "SELECT seq, at, actor, kind, subject, data FROM events WHERE subject LIKE 'incident:%' ORDER BY seq"
    heads: dict[int, tuple[int, str]] = {}
    for row in connection.execute(sa.text(query)).all():
        values = dict(row._mapping) | {"at": from_micros(row.at), "data": json.loads(row.data)}
        incident_id = int(row.subject.removeprefix("incident:"))
        n, previous = heads.get(incident_id, (0, GENESIS))
        heads[incident_id] = n + 1, link(previous, plain(Event(**values)))
        record = {"incident_id": incident_id, "n": n + 1, "seq": row.seq, "hash": heads[incident_id][1]}
        connection.execute(sa.insert(chain).values(**record))
