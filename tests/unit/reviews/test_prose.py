"""What people type, with a little structure."""

import time

from incidentd.domain.prose import parts, spans

TEXT = """A line
goes on

- one
- two
  goes on
1. first
2) second
# A head #
after it
```sh
- not a list

```
the `end`"""


def test_parts_are_told_apart():
    assert [tuple(one) for one in parts(TEXT)] == [
        ("paragraph", ("A line goes on",)),
        ("list", ("one", "two goes on")),
        ("numbered", ("first", "second")),
        ("heading", ("A head",)),
        ("paragraph", ("after it",)),
        ("code", ("- not a list", "")),
        ("paragraph", ("the `end`",)),
    ]


def test_nothing_is_lost_where_a_fence_does_not_end_or_a_line_only_looks_like_an_item():
    assert [tuple(one) for one in parts("```\nx\n\ny")] == [("code", ("x", "", "y"))]
    assert [one.kind for one in parts("-5 degrees\n\n12.5 % of it\n\n#hash")] == ["paragraph"] * 3
    assert list(parts(" \n\n")) == []


def test_code_within_a_line():
    assert list(spans("a `b` c`d`")) == [(False, "a "), (True, "b"), (False, " c"), (True, "d")]
    assert list(spans("one ` alone")) == [(False, "one ` alone")]


def test_a_long_text_takes_no_longer_than_its_length():
    begun = time.process_time()
    assert sum(1 for _ in parts("word\n" * 200_000)) == 1
    assert sum(1 for _ in spans("`" * 200_000)) == 1
    assert time.process_time() - begun < 2
