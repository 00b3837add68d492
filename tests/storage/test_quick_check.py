"""When the SQLite file is checked for damage: always while it is small, and after an unclean stop."""

from pathlib import Path

import pytest

from incidentd.storage import engines, migrate

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def damaged(database_url) -> Path:
    path = Path(database_url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xa5" * (4096 * 3)
    path.write_bytes(content)
    return path


async def test_a_small_file_is_always_checked(make_store, damaged):
    with pytest.raises(migrate.Damaged):
        await make_store()


async def test_a_large_file_is_checked_after_an_unclean_stop(make_store, damaged, monkeypatch):
    monkeypatch.setattr(engines, "CHEAP_CHECK_BYTES", 0)
    Path(f"{damaged}-wal").touch()
    with pytest.raises(migrate.Damaged):
        await make_store()


async def test_a_large_file_is_not_checked_after_a_clean_stop(make_store, database_url, monkeypatch):
    monkeypatch.setattr(engines, "CHEAP_CHECK_BYTES", 0)
    store = await make_store()
    assert not store.backend.check_due
    await store.close()
    assert not Path(f"{database_url.removeprefix('sqlite:///')}-wal").exists()
    again = await make_store()
    assert not again.backend.check_due
