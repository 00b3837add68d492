"""Versions as files of the state directory: whole or not at all, kept for ever, and read when no daemon runs."""

import os

import pytest

from incidentd.configuration import kept_versions
from incidentd.configuration.documents import Document
from incidentd.configuration.kept_versions import NotKept, keep, kept, unfollowed
from incidentd.configuration.named_files import OnDisk
from incidentd.configuration.process_file import read_process
from incidentd.configuration.process_sources import read_source, source_of
from incidentd.domain.process_versions import Source

LEXICON = "[rules.absolute]\noff = true\n"
TEXT = "[review]\nlexicon = 'words/own.toml'\n[updates.SEV2]\nidentified = '20m'\n[adoption]\nreason = 'quiet'\n"


@pytest.fixture
def source(tmp_path):
    (tmp_path / "config" / "words").mkdir(parents=True)
    (tmp_path / "config" / "words" / "own.toml").write_text(LEXICON)
    document = Document(tmp_path / "config" / "process.toml", TEXT)
    return source_of(document, read_process(document, None, OnDisk(tmp_path / "config")))


def test_what_is_kept_reads_as_it_was_meant(tmp_path, source):
    version = read_source(source, None).version
    place = keep(tmp_path, "V-4", version, "adopted", source)
    assert place.name == f"V-4-{version}"
    again = read_process(Document.read(place / "process.toml"), None, OnDisk(place))
    assert (again.version, again.wording.own) == (version, LEXICON)
    assert 'reason = "quiet"' in (place / "process.toml").read_text()
    assert kept(tmp_path).name == "V-4"
    other = keep(tmp_path, "V-5", "built-in", "adopted", Source(text=""))
    assert sorted(one.name for one in place.parent.iterdir()) == sorted(["adopted.toml", place.name, other.name])
    assert unfollowed(tmp_path, "built-in", exists=True) == unfollowed(tmp_path, version, exists=False) == ""
    assert "the adopted V-5" in unfollowed(tmp_path, version, exists=True)
    keep(tmp_path, "V-4", version, "file", source)
    assert (kept(tmp_path).how, unfollowed(tmp_path, "x", exists=True)) == ("file", "")


def test_a_crash_leaves_what_was_there_before(tmp_path, source, monkeypatch):
    keep(tmp_path, "V-4", "a", "adopted", source)

    def fails(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(NotKept, match=r"V-5 cannot be kept in .*: No space left on device"):
        keep(tmp_path, "V-5", "b", "adopted", source)
    assert kept(tmp_path).name == "V-4"
    assert sorted(one.name for one in (tmp_path / "process").iterdir()) == ["V-4-a", "adopted.toml"]


def test_what_reads_otherwise_is_not_kept(tmp_path, source, monkeypatch):
    monkeypatch.setattr(kept_versions, "with_reasons", lambda *_: "[updates.SEV2]\nidentified = '21m'\n")
    with pytest.raises(NotKept, match="reads otherwise"):
        keep(tmp_path, "V-4", "a", "adopted", source)
    assert list((tmp_path / "process").iterdir()) == []


def test_names_that_lead_elsewhere_are_not_written(tmp_path):
    outside = Source(text="[review]\nlexicon = '../own.toml'\n", files={"../own.toml": LEXICON})
    with pytest.raises(NotKept, match="does not stand beside"):
        keep(tmp_path, "V-4", "a", "file", outside)
    assert not (tmp_path / "process" / "own.toml").exists()


@pytest.mark.parametrize("text", ["", "no toml =", 'name = "V-1"\n'])
def test_a_mark_that_cannot_be_read_says_nothing(tmp_path, text):
    assert kept(tmp_path) is None
    (tmp_path / "process").mkdir()
    (tmp_path / "process" / "adopted.toml").write_text(text)
    assert kept(tmp_path) is None
