"""A file name that a stranger chose names a plain file in one directory, whatever it was."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidentd.domain.file_names import safe_file_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report 2026.pdf", "report 2026.pdf"),
        ("Störung (1).log", "Störung (1).log"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\cmd.exe", "cmd.exe"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("a\x1b[31m\u202eb\n.txt", "a_31m_b_.txt"),
        ("", "file-7"),
        ("/..", "file-7"),
        ("x" * 300 + ".tar", "x" * 96 + ".tar"),
        (".'0", "0"),
        ("x" * 99 + "_y", "x" * 99),
    ],
)
def test_it_keeps_what_can_be_kept(name, safe):
    assert safe_file_name(name, "file-7") == safe


@given(st.text(st.one_of(st.characters(), st.sampled_from("./\\-\0 ~")), max_size=150))
@settings(max_examples=25)
def test_it_never_leaves_its_directory_and_stays_as_it_is_when_asked_again(name):
    safe = safe_file_name(name, "file-7")
    assert 0 < len(safe) <= 100
    assert not set(safe) & set("/\\\0~`$;|&<>\"'" + string.whitespace.replace(" ", ""))
    assert safe[0] not in ".- "
    assert safe_file_name(safe, "file-7") == safe
