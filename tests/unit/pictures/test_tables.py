"""Rows as CSV and as HTML: numbers stay numbers, and no cell acts."""

import csv
import io

import pytest

from incidentd.domain.pictures.tables import Table, csv_text, html_table


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1", "'+49 30 1"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "'  =1+1"),
        ("\t=1+1", "' =1+1"),
        ("\r=1+1", "␍=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-", "-"),
        ("a=b", "a=b"),
        ('say "no", please', 'say "no", please'),
        ("two\nlines", "two lines"),
        ("\x1b[2J", "␛[2J"),
        (-3.5, "-3.5"),
        (None, ""),
    ],
)
def test_no_cell_is_a_formula(cell, shown):
    written = csv_text(("name",), [(cell,), ("x",)])
    assert next(iter(csv.reader(io.StringIO(written).readlines()[1:]))) in ([shown], [] if cell is None else [shown])


def test_lines_end_as_rfc_4180_says():
    assert csv_text(("a", "b"), [(1, 'x"y')]) == 'a,b\r\n1,"x""y"\r\n'


def test_a_table_for_a_browser_is_inert():
    table = Table("<b>", ("a&b",), (("<script>",), (2,), (None,)))
    assert "".join(html_table(table)) == (
        '<table><caption>&lt;b&gt;</caption><thead><tr><th scope="col">a&amp;b</th></tr></thead><tbody>'
        '<tr><th scope="row">&lt;script&gt;</th></tr><tr><th scope="row">2</th></tr><tr><th scope="row"></th></tr>'
        "</tbody></table>"
    )
