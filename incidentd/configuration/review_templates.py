"""Templates of a review's document: the built-in ones, a team's own, and what either makes of a document.

A template is Jinja's, in its sandbox. It sees `document` (the frozen data of `wire.review_documents` as plain lists,
mappings and texts), in HTML `style`, and the filters `block`, `line`, `instant` and `iso`. Whatever it puts out is
escaped for Markdown or HTML; it can read no file, call nothing of the daemon, and put out no more than `LONGEST`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from incidentd.domain import review_html, review_markdown, review_markup
from incidentd.domain.display import safe_text
from incidentd.domain.markdown import inline
from incidentd.domain.review_sample import EXTERNAL, INTERNAL
from incidentd.domain.review_sections import instant
from incidentd.domain.review_templates import NAMES, STYLE
from incidentd.wire.review_documents import Block, ReviewDocument

LONGEST = 4 * 1024 * 1024
"""Characters of a document."""
_LONGEST_TEMPLATE = 256 * 1024
_ENDINGS = (".md", ".html", ".css")

_OF_BLOCKS = msgspec.json.Decoder(Block)
"""Never used: making it lets msgspec learn the structs of a block now. Documents are rendered in threads, and two that
learn them at once crash the process.
"""


class BadTemplate(Exception):  # noqa: N818
    """A template that makes no document. `line` is 0 where none is known."""

    def __init__(self, name: str, line: int, what: str) -> None:
        super().__init__(f"{name}, line {line}: {what}" if line else f"{name}: {what}")
        self.name = name
        self.line = line
        self.what = what


@functools.cache
def built_in(name: str) -> str:
    """The text of a template that comes with the program, or of `STYLE`."""
    return (resources.files("incidentd") / "review_templates" / name).read_text(encoding="utf-8")


class _Ready(str):
    """Markdown as it shall stand."""

    __slots__ = ()


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Numbers only, and no powers: a short template makes no long text."""
        if operator == "**" or not all(isinstance(one, int | float) for one in (left, right)):
            raise SecurityError(f"{operator} is for numbers, and ** for nobody")
        return super().call_binop(context, operator, left, right)


def _environment(sources: Mapping[str, str], *, html: bool) -> _Sandbox:
    def shown(value: Any) -> Any:
        if html:
            return safe_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
        return value if isinstance(value, _Ready) else inline(str(value))

    known = {**{name: built_in(name) for name in NAMES}, **sources}
    made = _Sandbox(
        loader=FunctionLoader(lambda name: (known[name], name, None) if name in known else None),
        autoescape=html,
        undefined=StrictUndefined,
        finalize=shown,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.clear()  # no range, no lipsum: loops run over the document only
    ready: Callable[[str], str] = Markup if html else _Ready
    block, line = (
        (review_html.block_html, review_markup.line) if html else (review_markdown.block_markdown, review_markdown.line)
    )
    made.filters |= {
        "block": lambda value: ready(block(msgspec.convert(value, Block))),
        "line": lambda value: ready(line(str(value))),
        "instant": instant,
        "iso": datetime.isoformat,
    }
    return made


def render(name: str, document: ReviewDocument, sources: Mapping[str, str]) -> str:
    """The document by one of `NAMES`; `sources` are a team's own templates by file name. Raises `BadTemplate`."""
    html = name.endswith(".html")
    environment = _environment(sources, html=html)
    data = msgspec.to_builtins(document, builtin_types=(datetime,))
    style = Markup(environment.loader.get_source(environment, STYLE)[0]) if html and environment.loader else ""  # noqa: S704 - a file of ours or an administrator's
    made: list[str] = []
    length = 0
    try:
        for piece in environment.get_template(name).generate(document=data, style=style):
            length += len(piece)
            if length > LONGEST:
                raise BadTemplate(name, 0, f"makes more than {LONGEST} characters")
            made.append(piece)
    except TemplateSyntaxError as error:
        raise BadTemplate(error.name or name, error.lineno, error.message or "is no template") from None
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise BadTemplate(*_place(error, name, sources), str(error) or type(error).__name__) from None
    return "".join(made).rstrip() + "\n"


def tried(sources: Mapping[str, str]) -> tuple[BadTemplate, ...]:
    """What is wrong with a team's templates: each is tried on a document with everything in it."""
    faults = []
    for name in (one for one in NAMES if one != STYLE):
        try:
            render(name, EXTERNAL if name.startswith("external") else INTERNAL, sources)
        except BadTemplate as error:
            faults.append(error)
    return tuple({str(one): one for one in faults}.values())


def read_templates(directory: Path) -> dict[str, str]:
    """The files of a directory by name. Raises `OSError`, and `BadTemplate` for one that is too long or no text."""
    found = {}
    for file in sorted(directory.iterdir()):
        if file.name.startswith(".") or file.suffix not in _ENDINGS or not file.is_file():
            continue
        if file.stat().st_size > _LONGEST_TEMPLATE:
            raise BadTemplate(file.name, 0, f"is longer than {_LONGEST_TEMPLATE} bytes")
        try:
            found[file.name] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise BadTemplate(file.name, 0, "is not UTF-8") from None
    return found


def _place(error: Exception, name: str, sources: Mapping[str, str]) -> tuple[str, int]:
    """Where a template failed: the last frame that is a template's."""
    found, trace = (name, 0), error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in sources or file in NAMES:
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found
