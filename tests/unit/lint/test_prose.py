"""What of a Markdown text is read as prose, compared with a parser that knows all of CommonMark."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from incidentd.domain.lint.prose import prose

LINES = [
    "", "alpha", "    alpha", "alpha", "> alpha", "- alpha", "  alpha", "* - alpha", "1. alpha", "   alpha", "```",
    "~~~", "```text", "    ```", "# alpha", "## alpha", "#alpha", "===", "---", "***", "<!-- alpha", "alpha -->",
    "<!-- alpha -->", ">", "+", "      alpha", "> - alpha", "- ```", "- > alpha", "`alpha`", "<pre>alpha</pre>",
    "[alpha]: beta",
]  # fmt: skip
PARSER = MarkdownIt("commonmark")


def read_by_the_oracle(text: str) -> int:
    """How often "alpha" stands in a paragraph that is in no quotation."""
    depth, inside, count = 0, False, 0
    for token in PARSER.parse(text):
        depth += token.nesting if token.type.startswith("blockquote") else 0
        inside = token.type == "paragraph_open" or (inside and token.type == "inline")
        if token.type == "inline" and inside and not depth:
            count += sum(child.content.count("alpha") for child in token.children or () if child.type == "text")
    return count


@settings(max_examples=25)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=7))
def test_it_keeps_the_length_and_the_line_breaks_of_prose(lines):
    text = "\n".join(lines)
    assert len(prose(text)) == len(text)


def test_most_short_documents_are_read_as_the_oracle_reads_them():
    """Every document of up to two lines, and those of three: corners where lists meet code differ, and few others."""
    documents = ["\n".join(lines) for length in (1, 2) for lines in itertools.product(LINES, repeat=length)]
    documents += ["\n".join(lines) for lines in itertools.islice(itertools.product(LINES, repeat=3), 0, None, 17)]
    wrong = [text for text in documents if prose(text).count("alpha") != read_by_the_oracle(text)]
    assert len(wrong) / len(documents) < 0.02, wrong[:20]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("---\ntitle: alpha\n---\nalpha", 1),
        ("+++\ntitle = 'alpha'\n+++\nalpha", 1),
        ("---\nalpha", 1),
        ("alpha\n\n---\nalpha", 2),
        ("<script>\nalpha\n</script>\nalpha", 1),
        ("alpha `alpha` ``alpha ` alpha`` alpha", 2),
        ("alpha `alpha", 2),
        ("alpha <b class='alpha'>alpha</b>", 2),
        ("see https://example.org/alpha, alpha", 1),
        ("[alpha](alpha) ![alpha](alpha) alpha", 3),
        ("she said “alpha” and 'alpha' and \"alpha\" and «alpha» and „alpha“, alpha", 1),
        ("the engineers' alpha and the teams' alpha", 2),
        ('an open " and alpha\n\nalpha "', 2),
        ("a <!-- alpha\nalpha --> alpha", 1),
        ("> alpha\nalpha\n\nalpha", 1),
        ("- alpha\n\n      alpha\n\n  alpha", 2),
        ("Alpha:\n\n    alpha\n    alpha\n\nalpha", 1),
    ],
)
def test_what_is_read(text, read):
    assert prose(text).count("alpha") == read
