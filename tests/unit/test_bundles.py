"""Several messages as one text: each named, the urgent ones first, nothing hostile, never too long."""

from hypothesis import given
from hypothesis import strategies as st

from incidentd.domain.bundles import Part, body, is_page, title


def part(page_id, kind="page", urgent=True, title="disk full", body="- disk full", drill=False):
    return Part(kind=kind, page_id=page_id, urgent=urgent, title=title, body=body, drill=drill)


def test_what_a_person_reads():
    parts = [part(3, urgent=False, title="cert expires"), part(4, title="db down", body="- db1\n- db2\n\n- db3\n- x")]
    assert title(parts, more=True) == "2 more pages: db down"
    assert body(parts) == "1. P-4 db down\n   - db1\n   - db2\n2. P-3 cert expires\n   - disk full"


def test_updates_are_counted_apart():
    parts = [part(3), part(2, kind="resolved", urgent=False, title="cpu")]
    assert title(parts, more=False) == "1 page and 1 update: disk full"
    assert "2. P-2 (resolved) cpu" in body(parts)
    assert title(parts[1:], more=True) == "1 more update: cpu"
    assert is_page(parts)
    assert not is_page(parts[1:])


def test_what_is_real_is_told_before_a_drill():
    practised, real = part(3, title="DRILL db down", drill=True), part(4, urgent=False, title="cert expires")
    assert title([practised, practised], more=False) == "DRILL 2 pages: DRILL db down"
    assert title([practised, real], more=False) == "2 pages: cert expires"
    assert body([practised, real]).startswith("1. P-4 cert expires")


def test_a_storm_is_counted_where_it_is_not_listed():
    text = body([part(number) for number in range(1, 101)])
    assert text.endswith("and 60 more: incidentctl page list --mine")
    assert "P-40 disk full" in text


texts = st.text(max_size=400)


@given(
    st.lists(
        st.builds(part, st.integers(1, 10**9), urgent=st.booleans(), title=texts, body=texts), min_size=1, max_size=60
    )
)
def test_any_texts_stay_bounded_and_inert(parts):
    assert len(title(parts, more=True)) <= 250
    shown = body(parts)
    assert len(shown) < 16_000
    assert not {"\x1b", "\u202e", "\x00", "\r"} & set(shown)
    assert all(f"P-{one.page_id} " in shown for one in parts[:1])
