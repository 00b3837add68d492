"""Web pages of plugins: the one place where text from outside becomes HTML. Since API version 1.6.

Templates are Jinja's, in the directory `templates` of the plugin's package, and extend `layout.html` of this one. Every
value is escaped and made harmless as for a screen; a name that is not defined is an error. The pages need no script, so
their policy allows none, and nothing is loaded from anywhere.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from incidentd.domain.display import safe_text
from incidentd.plugin.values import WebhookResponse

HTML = "text/html; charset=utf-8"


def _shown(value: Any) -> Any:
    """What a template puts into a page: no control or bidi character acts on who reads it."""
    return safe_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _instant(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"


class Pages:
    """Renders the templates of one plugin; `package` is the plugin's name."""

    def __init__(self, package: str) -> None:
        self._environment = Environment(
            loader=ChoiceLoader([PackageLoader(package), PackageLoader("incidentd.plugin")]),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_shown,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"instant": _instant, "iso": datetime.isoformat}
        for template in self._environment.list_templates(filter_func=lambda name: name != "style.css"):
            self._environment.get_template(template)  # now: an adapter is created on a thread, and answers on the loop
        style = self._environment.loader.get_source(self._environment, "style.css")[0]  # type: ignore[union-attr]
        self._style = Markup(style)  # noqa: S704 - a file of this package
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.headers: Mapping[str, str] = {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
                "frame-ancestors 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        """What every answer carries. The address of a page may be a secret, so it is told to nobody."""

    def text(self, template: str, **values: Any) -> str:
        """The page as text."""
        return self._environment.get_template(template).render(style=self._style, **values)

    def answer(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> WebhookResponse:
        """The page as an answer that is kept nowhere, unless `headers` say otherwise."""
        body = self.text(template, **values).encode("utf-8", "replace")
        all_headers = {**self.headers, "Cache-Control": "no-store", **(headers or {})}
        return WebhookResponse(status=status, body=body, content_type=HTML, headers=all_headers)


@functools.cache
def pages_of(package: str) -> Pages:
    """The pages of a package, made once."""
    return Pages(package)
