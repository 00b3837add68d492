"""What a start says that finds no place to write to."""

import pytest

from incidentd.instance import InstanceLock, StateUnwritable
from incidentd.storage import migrate
from incidentd.storage.engines import open_backend


def test_a_state_directory_that_takes_no_files_is_named(tmp_path):
    with pytest.raises(StateUnwritable, match=r"gone cannot be written \(No such file or directory\): incidentd doct"):
        InstanceLock(tmp_path / "gone").acquire()


async def test_a_database_that_cannot_be_opened_for_writing_is_named(tmp_path):
    backend = open_backend(f"sqlite:///{tmp_path}/gone/a.db")
    with pytest.raises(migrate.CannotReach, match=r"the database of \[storage\] url cannot be used: .*gone/a\.db"):
        await migrate.prepare(backend)
    await backend.close()
