"""What SQLite is asked and PostgreSQL is not, is found: see tests/asked.py."""

import pytest

from incidentd.storage import pages


@pytest.fixture
def asked(request):
    return request.config.pluginmanager.get_plugin("asked")


async def test_it_is_heard_who_asks_which_engine(asked, store, engine_name):
    asked.heard[engine_name].pop("storage/pages.py get", None)
    assert await store.read(lambda conn: pages.get(conn, 1)) is None
    assert "test_it_is_heard" in asked.heard[engine_name]["storage/pages.py get"]


def test_who_asks_sqlite_only_is_named_with_a_test(asked):
    of_both, of_one, of_sqlite = "storage/alerts.py get", "storage/pages.py get", "storage/migrate.py _due"
    heard = {"sqlite": {of_both: "test_a", of_one: "test_b", of_sqlite: "test_c"}, "postgresql": {of_both: "test_d"}}
    assert asked.missing(heard) == {of_one: "test_b"}
