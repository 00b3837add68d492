"""Pictures as one HTML page that needs nothing else: each with its rows and with what it counts, folded away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from incidentd.domain.pictures.captions import scope_text
from incidentd.domain.pictures.dots import dots_table
from incidentd.domain.pictures.dots_svg import dots_svg
from incidentd.domain.pictures.load import load_table
from incidentd.domain.pictures.load_svg import load_svg
from incidentd.domain.pictures.rhythm import rhythm_table
from incidentd.domain.pictures.rhythm_svg import rhythm_svg
from incidentd.domain.pictures.tables import Table, html_table
from incidentd.domain.review_markup import escaped
from incidentd.wire.figures import FigureDetail, Figures, Load, Rhythm

_STYLE = """
:root{color-scheme:light dark;--ink:#1b2430;--soft:#4b5767;--paper:#fff;--line:#d9dfe7;--act:#0a56a8}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e4e9f0;--soft:#a8b4c3;--paper:#0f141b;--line:#2c3746;
--act:#86bdf7}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2.5rem 1.25rem 4rem;max-width:64rem;color:var(--ink);background:var(--paper);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1{margin:0 0 .25rem;font-size:2rem;line-height:1.2}
a{color:var(--act)}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
.soft,caption,summary,nav,footer{color:var(--soft)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
nav ol{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:1rem 0 0;padding:0;list-style:none}
section{margin-top:2rem;padding-top:1rem;border-top:1px solid var(--line);break-inside:avoid}
.drawing{overflow-x:auto;margin:0 -.5rem}
.drawing svg{display:block;min-width:40rem}
details{margin:.5rem 0}
summary{cursor:pointer}
.rows{overflow-x:auto;white-space:nowrap}
table{border-collapse:collapse;font-size:.875rem;line-height:1.4;font-variant-numeric:tabular-nums}
caption{padding:.5rem 0;text-align:left;white-space:normal}
th,td{padding:.3rem 1rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
footer{margin-top:3rem;font-size:.875rem}
@media print{nav{display:none}.drawing svg{min-width:0}body{padding:0;max-width:none}}
"""


class Section(NamedTuple):
    """A picture of a page: `terms` are what its words mean."""

    title: str
    svg: str
    table: Table
    terms: Sequence[tuple[str, str]]


def figure_section(detail: FigureDetail) -> Section:
    figure = detail.figure
    terms = [("What is counted", figure.definition), ("What it does not say", figure.note)]
    boundaries = [(one.name, f"in force from {one.at:%Y-%m-%d}. {one.reason}".strip()) for one in detail.boundaries]
    return Section(figure.title, dots_svg(detail), dots_table(detail), [*terms, *boundaries])


def rhythm_section(rhythm: Rhythm) -> Section:
    terms = [("What is counted", rhythm.definition)]
    return Section("Pages by weekday and hour", rhythm_svg(rhythm), rhythm_table(rhythm), terms)


def load_section(load: Load) -> Section:
    terms = [(name.replace("_", " "), text) for name, text in load.definitions.items()]
    return Section(f"Weeks of team {load.team}", load_svg(load), load_table(load), terms)


def page_title(found: Figures) -> tuple[str, str]:
    """How a page of figures is called, and what it counts."""
    scope = found.scope
    since, until = (f"{at.astimezone(UTC):%Y-%m-%d}" if at is not None else "" for at in (scope.since, scope.until))
    parts = (
        scope_text(scope, found.boundaries) or "every team",
        f"from {since}" if since else "",
        f"until {until}" if until else "",
    )
    return "How we respond", ", ".join(filter(None, parts))


def page_html(title: str, subtitle: str, sections: Sequence[Section], at: datetime) -> str:
    """The page; `at` is when the figures were reckoned."""
    return "".join(_page(title, subtitle, [(f"s{number}", one) for number, one in enumerate(sections, 1)], at))


def _page(title: str, subtitle: str, sections: Sequence[tuple[str, Section]], at: datetime) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="robots" content="noindex">\n'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    yield f"<title>{escaped(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    yield f'<header>\n<h1>{escaped(title)}</h1>\n<p class="soft">{escaped(subtitle)}</p>\n</header>\n'
    if len(sections) > 1:
        yield '<nav aria-label="Pictures"><ol>'
        yield from (f'<li><a href="#{ident}">{escaped(one.title)}</a></li>' for ident, one in sections)
        yield "</ol></nav>\n"
    yield "<main>\n"
    for ident, one in sections:
        yield from _section(ident, one)
    yield f'</main>\n<footer><p>Reckoned from the log at <time datetime="{at.isoformat()}">'
    yield f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC</time>. No figure is of a person.</p></footer>\n</body>\n</html>\n"


def _section(ident: str, section: Section) -> Iterator[str]:
    yield f'<section id="{ident}" aria-labelledby="{ident}-head">\n'
    yield f'<h2 class="unseen" id="{ident}-head">{escaped(section.title)}</h2>\n'
    yield f'<div class="drawing" tabindex="0" role="region" aria-label="{escaped(section.title)}">{section.svg}</div>\n'
    terms = [(name, text) for name, text in section.terms if text.strip()]
    if terms:
        yield "<details><summary>What is counted</summary><dl>"
        yield from (f"<dt>{escaped(name)}</dt><dd>{escaped(text)}</dd>" for name, text in terms)
        yield "</dl></details>\n"
    yield f"<details><summary>As rows ({len(section.table.rows)})</summary>"
    yield f'<div class="rows" tabindex="0" role="region" aria-label="{escaped(section.title)}, as rows">'
    yield from html_table(section.table)
    yield "</div></details>\n</section>\n"


def joined(tables: Iterable[Table]) -> Table:
    """Rows of the same head, one after the other."""
    found = list(tables)
    head = found[0].head if found else ()
    return Table("", head, tuple(row for table in found for row in table.rows))
