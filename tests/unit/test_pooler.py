"""Whether a pooler leaves a connection its session is seen by who serves whom while another one is busy."""

import asyncio

import pytest
from asyncpg.exceptions import InvalidSQLStatementNameError  # type: ignore[import-untyped]

from incidentd.storage import pooler
from incidentd.storage.pooler import NoSession, is_between, require_session, tells_of_pooler


class Line:
    """A connection whose queries are served by these sessions in turn; None answers nothing."""

    def __init__(self, *pids, said=1):
        self._pids = list(pids)
        self._said = said
        self.ended = False

    def get_server_pid(self):
        return self._said

    async def execute(self, statement):
        if self._pids[0] is None:
            await asyncio.sleep(60)

    async def fetchval(self, query):
        pid = self._pids.pop(0)
        if pid is None:
            await asyncio.sleep(60)
        return pid

    def terminate(self):
        self.ended = True


async def test_a_session_that_stays_is_taken():
    other = Line(5)
    assert await require_session(Line(4), 4, lambda: asyncio.sleep(0, other)) is True
    assert other.ended


@pytest.mark.parametrize(("mine", "others"), [((), 4), ((5,), 6), ((None,), 6)])
async def test_one_that_goes_to_another_is_refused_with_the_remedy(mine, others, monkeypatch):
    monkeypatch.setattr(pooler, "_SECONDS", 0.05)
    other = Line(others)
    with pytest.raises(NoSession, match="pool_mode = session"):
        await require_session(Line(*mine), 4, lambda: asyncio.sleep(0, other))
    assert other.ended


async def test_where_there_is_no_place_for_another_nothing_is_known(monkeypatch):
    monkeypatch.setattr(pooler, "_SECONDS", 0.05)
    other = Line(None)
    assert await require_session(Line(4), 4, lambda: asyncio.sleep(0, other)) is False
    assert other.ended


def test_a_pooler_is_known_by_what_it_says_of_itself_and_by_what_it_mixes_up():
    assert is_between(Line(said=1), 2)
    assert not is_between(Line(said=2), 2)
    assert tells_of_pooler(InvalidSQLStatementNameError("prepared statement does not exist"))
    assert tells_of_pooler(OSError("transaction blocks not allowed in statement pooling mode"))
    assert not tells_of_pooler(OSError("connection refused"))
