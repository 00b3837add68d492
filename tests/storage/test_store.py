"""The store: every change is a command, answered after its commit."""

from sqlalchemy import select

from incidentd.storage.schema import meta


async def test_a_written_row_is_read(store):
    def command(tx):
        tx.conn.execute(meta.insert().values(name="a", value="1"))
        return "done"

    assert await store.write(command) == "done"
    assert await store.read(lambda conn: conn.execute(select(meta.c.value)).scalar_one()) == "1"
