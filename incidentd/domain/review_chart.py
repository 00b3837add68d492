"""The chart of a review as SVG whose signs keep their size at every width: places are percentages, sizes pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from incidentd.domain.review_markup import escaped, time
from incidentd.wire.review_documents import Chart, Mark

_APART = 0.085  # signs that stand closer than this share of the width are drawn above each other
_LANE, _TOP, _AXIS = 30, 18, 34  # pixels
_EDGE = 5.0  # per cent left free at both ends, for half a sign
_BANDS = {"unnoticed": "not noticed", "noticed": "under way", "mitigated": "mitigated, not over"}


def chart_html(chart: Chart) -> Iterator[str]:
    """The picture, and under it what its numbers and stretches mean: the same in words."""
    major = [one for one in chart.marks if one.weight == "major"]
    lanes = _lanes(major)
    axis = _TOP + (max(lanes, default=0) + 1) * _LANE
    yield f'<figure class="chart"><svg role="img" aria-label="{escaped(f"{chart.title}: {chart.text}")}"'
    yield f' width="100%" height="{axis + _AXIS}" focusable="false">'
    for band in chart.bands:
        x, width = _at(band.begins), _at(band.ends) - _at(band.begins)
        yield f'<rect class="band {escaped(band.tone)}" x="{x:.2f}%" y="{axis}" width="{width:.2f}%" height="12"/>'
    for mark in chart.marks:
        if mark.weight != "major":
            x = _at(mark.place)
            yield f'<line class="tick" x1="{x:.2f}%" x2="{x:.2f}%" y1="{axis + 16}" y2="{axis + 24}"/>'
    for number, (mark, lane) in enumerate(zip(major, lanes, strict=True), 1):
        yield _sign(number, mark, axis - _LANE * (lane + 1) + 10, axis + 12)
    yield "</svg><figcaption>"
    yield f'<p class="chart-title">{escaped(chart.title)}</p><ol class="turns">'
    for mark in major:
        yield f"<li><strong>{escaped(mark.text)}</strong> {time(mark.at)}</li>"
    yield '</ol><ul class="bands">'
    for tone in dict.fromkeys(one.tone for one in chart.bands):
        yield f'<li><span class="swatch {escaped(tone)}"></span>{escaped(_BANDS.get(tone, tone))}</li>'
    yield "</ul></figcaption></figure>"


def _at(place: float) -> float:
    return _EDGE + place * (100 - 2 * _EDGE)


def _sign(number: int, mark: Mark, y: int, foot: int) -> str:
    x = f"{_at(mark.place):.2f}%"
    return (
        f'<line class="stem" x1="{x}" x2="{x}" y1="{y}" y2="{foot}"/><circle class="sign" cx="{x}" cy="{y}" r="12"/>'
        f'<text class="number" x="{x}" y="{y}" dy="0.35em">{number}</text>'
    )


def _lanes(marks: Sequence[Mark]) -> list[int]:
    """The lowest lane for each sign in which none before it is too close."""
    last: list[float] = []
    found = []
    for mark in marks:
        lane = next((one for one, place in enumerate(last) if mark.place - place >= _APART), len(last))
        last[lane : lane + 1] = [mark.place]
        found.append(lane)
    return found
