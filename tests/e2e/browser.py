"""A real headless Chromium, driven by the W3C WebDriver protocol that chromedriver speaks."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of an element's reference, by the WebDriver specification
_CONTRAST = """
const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
const linear = (v) => v / 255 <= .04045 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
const ground = (one) => {
  for (; one; one = one.parentElement) {
    const colour = rgb(getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const says = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
return [...document.querySelectorAll('main *')].filter((one) => one.checkVisibility() && says(one)).map((one) => {
  const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  return [one.tagName + ' ' + one.textContent.trim().slice(0, 30), ratio];
});
"""
TAB, ENTER = "\ue004", "\ue007"
_SCHEMES = {"light": 1, "dark": 0}


class Replaced(AssertionError):
    """Another page came between finding an element and asking about it."""


class Browser:
    """One session. `scripts = False` is a person who allows none; what a test asks the page is run all the same."""

    def __init__(self, port: int, *, scheme: str = "light", scripts: bool = False) -> None:
        self._port = port
        arguments = ["--headless=new", "--disable-gpu", "--window-size=800,1200", "--disable-dev-shm-usage"]
        arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
        arguments += [f"--blink-settings=preferredColorScheme={_SCHEMES[scheme]}"]
        options = {
            "args": arguments,
            "prefs": {"profile.managed_default_content_settings.javascript": 1 if scripts else 2},
        }
        asked = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
        self._session = self._ask("POST", "/session", asked)["sessionId"]

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None)
            answer = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        fault = answer.get("error", "") if isinstance(answer, dict) else ""
        if fault == "stale element reference":
            raise Replaced(answer)
        assert not fault, answer
        return answer

    def _settled(self, read: Callable[[], T]) -> T:
        """What `read` finds on a page that stays: a click answers before the page that it leads to is there."""
        for _ in range(40):
            with contextlib.suppress(Replaced):
                return read()
            time.sleep(0.05)
        return read()

    def _do(self, method: str, path: str, body: object = None) -> Any:
        return self._ask(method, f"/session/{self._session}{path}", body)

    def close(self) -> None:
        self._do("DELETE", "")

    def open(self, url: str) -> None:
        self._do("POST", "/url", {"url": url})

    @property
    def url(self) -> str:
        return str(self._do("GET", "/url"))

    @property
    def title(self) -> str:
        return str(self._do("GET", "/title"))

    def all(self, css: str) -> list[str]:
        """References of the elements that a selector finds."""
        return [one[_ELEMENT] for one in self._do("POST", "/elements", {"using": "css selector", "value": css})]

    def _one(self, css: str) -> str:
        (one,) = self.all(css)
        return one

    def text(self, css: str = "main") -> str:
        """What a person sees of an element."""
        return str(self._settled(lambda: self._do("GET", f"/element/{self._one(css)}/text")))

    def value(self, css: str) -> str:
        return str(self._settled(lambda: self._do("GET", f"/element/{self._one(css)}/property/value")))

    def type(self, css: str, text: str) -> None:
        self._do("POST", f"/element/{self._one(css)}/value", {"text": text})

    def click(self, css: str) -> None:
        self._do("POST", f"/element/{self._one(css)}/click", {})

    def keys(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._do("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def focus(self) -> tuple[str, str]:
        """(id, accessible name) of what has the focus."""

        def read() -> tuple[str, str]:
            one = self._do("GET", "/element/active")[_ELEMENT]
            name = self._do("GET", f"/element/{one}/computedlabel")
            return str(self._do("GET", f"/element/{one}/property/id")), str(name)

        return self._settled(read)

    def accessible(self, css: str) -> list[tuple[str, str]]:
        """(role, name) of each element, as a screen reader gets them."""
        return [
            (
                str(self._do("GET", f"/element/{one}/computedrole")),
                str(self._do("GET", f"/element/{one}/computedlabel")),
            )
            for one in self.all(css)
        ]

    def contrasts(self) -> list[tuple[str, float]]:
        """(which text, contrast of its colours by WCAG 2.2), the worst first."""
        found = self.script(_CONTRAST)
        return sorted(((str(what), float(ratio)) for what, ratio in found), key=lambda one: one[1])

    def script(self, code: str, *arguments: object) -> Any:
        return self._do("POST", "/execute/sync", {"script": code, "args": list(arguments)})

    def command(self, name: str, **values: object) -> Any:
        """One of the browser's own commands (Chrome DevTools Protocol), such as another size of the screen."""
        return self._do("POST", "/goog/cdp/execute", {"cmd": name, "params": values})

    def picture(self, path: Path) -> None:
        """Keep a picture of the window."""
        path.write_bytes(base64.b64decode(self._do("GET", "/screenshot")))


def start_driver(run_program: Callable[..., Any], needs: Callable[[str], str]) -> int:
    """Start chromedriver; the port that it listens on, which it chooses itself so that nobody takes it meanwhile."""
    needs("chromium")
    driver = run_program("chromedriver", needs("chromedriver"), "--port=0", "--allowed-ips=127.0.0.1")
    driver.wait_for(lambda: "started successfully" in driver.said(), "is ready")
    return int(driver.said().rpartition("started successfully on port ")[2].partition(".")[0])
