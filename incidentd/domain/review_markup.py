"""Text in HTML: escaped, and made harmless as for a screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape

from incidentd.domain.display import safe_text
from incidentd.domain.prose import Part, parts, spans


def escaped(text: str) -> str:
    """`text` as it stands, wherever a text or the value of an attribute may stand."""
    return escape(safe_text(text))


def line(text: str) -> str:
    """A text within a paragraph; what stands in backticks is code."""
    return "".join(f"<code>{escaped(part)}</code>" if code else escaped(part) for code, part in spans(text))


def time(at: datetime) -> str:
    """The time of day, with the whole instant for machines."""
    return f'<time datetime="{at.isoformat()}">{at:%H:%M}</time>'


def prose(text: str) -> Iterator[str]:
    """Paragraphs, lists and code of a text; its headings rank below those of the document."""
    for part in parts(text):
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    match part.kind:
        case "code":
            code = "\n".join(part.lines)
            yield f'<pre tabindex="0"><code>{escaped(code)}</code></pre>'
        case "list" | "numbered":
            tag = "ul" if part.kind == "list" else "ol"
            items = "".join(f"<li>{line(one)}</li>" for one in part.lines)
            yield f"<{tag}>{items}</{tag}>"
        case "heading":
            yield from (f'<p class="lead-in">{line(one)}</p>' for one in part.lines)
        case _:
            yield from (f"<p>{line(one)}</p>" for one in part.lines)
