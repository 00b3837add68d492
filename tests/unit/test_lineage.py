"""A node never goes back to a server that was replaced, and knows it after a restart, too."""

import pytest

from incidentd.storage.lineage import FILE, Lineage, Replaced


def test_a_server_that_is_behind_is_refused_also_after_a_restart(tmp_path):
    newer = []
    seen = Lineage(tmp_path)
    seen.on_newer = lambda: newer.append(1)
    seen.admit(7, 1)
    seen.admit(7, 1)
    assert newer == []
    seen.admit(7, 2)
    assert newer == [1], "connections to the server that was replaced are cut off"
    for one in (seen, Lineage(tmp_path)):
        with pytest.raises(Replaced, match=f"timeline 1, and this node has worked on 2.*{tmp_path / FILE}"):
            one.admit(7, 1)
    Lineage(tmp_path).admit(7, 2)


def test_another_system_begins_anew_as_does_a_node_whose_file_was_removed(tmp_path):
    seen = Lineage(tmp_path)
    seen.admit(7, 3)
    seen.admit(8, 1)
    assert (tmp_path / FILE).read_text() == "8 1\n"
    (tmp_path / FILE).unlink()
    Lineage(tmp_path).admit(7, 1)


def test_a_file_that_cannot_be_read_or_written_stops_nothing(tmp_path):
    (tmp_path / FILE).write_text("nonsense")
    Lineage(tmp_path).admit(7, 2)
    seen = Lineage(tmp_path / "nowhere")
    seen.admit(7, 2)
    with pytest.raises(Replaced):
        seen.admit(7, 1)
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_only_a_later_timeline_of_the_same_system_is_newer():
    seen = Lineage()
    seen.admit(7, 2)
    assert [seen.is_newer(7, 3), seen.is_newer(7, 2), seen.is_newer(7, 1), seen.is_newer(8, 3)] == [
        True,
        False,
        False,
        False,
    ]
