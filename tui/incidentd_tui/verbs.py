"""Verbs: everything a key or the command palette can do. Hints, help and palette are all read from these."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from textual.binding import Binding

_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "full_stop": ".",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "left": "←",
    "right": "→",
    "exclamation_mark": "!",
    "plus": "+",
    "asterisk": "*",
    "number_sign": "#",
    "ctrl+p": "^p",
    "escape": "esc",
    "enter": "↵",
}


class Verb(NamedTuple):
    """`keys` are Textual key names by comma. The key rule: a small letter is private or can be undone, a capital
    opens a form that others will see the result of.
    """

    id: str
    keys: str
    label: str  # one or two words for the hint bar
    about: str  # a sentence for help and palette
    hint: bool = True
    writes: bool = False  # needs a connection and the right to respond

    @property
    def handler(self) -> str:
        """`inbox.link` is done by the method `do_link`."""
        return "do_" + self.id.rsplit(".", 1)[-1]

    def key_shown(self, keymap: dict[str, str]) -> str:
        """The first key as people write it."""
        first = keymap.get(self.id, self.keys).split(",")[0]
        return _SHOWN.get(first, first.replace("ctrl+", "^"))


def bindings(verbs: Iterable[Verb]) -> list[Binding]:
    """Textual bindings; the ids let a user put other keys on them."""
    return [Binding(verb.keys, f"verb('{verb.id}')", verb.label, show=False, id=verb.id) for verb in verbs]


MODES = (
    Verb("mode.inbox", "1", "Inbox", "Alerts and pages that wait for somebody", hint=False),
    Verb("mode.incidents", "2", "Incidents", "Open incidents", hint=False),
    Verb("mode.oncall", "3", "On-call", "Who carries the pager now", hint=False),
    Verb("mode.reports", "4", "Reports", "What customers report, and who waits for a word", hint=False),
    Verb("mode.reviews", "5", "Reviews", "What is looked back on: held, due and written", hint=False),
    Verb("mode.learn", "6", "Learn", "What was found: factors, learnings, actions, documents", hint=False),
    Verb("mode.insights", "7", "Insights", "How the team responds: figures and pictures of every case", hint=False),
    Verb("mode.health", "8", "Health", "Plugins, deliveries and problems of the daemon", hint=False),
)

GLOBAL = (
    Verb("app.help", "question_mark", "keys", "Every key of this screen", hint=False),
    Verb("app.commands", "ctrl+p,colon", "commands", "Search every command", hint=False),
    Verb("app.mine", "exclamation_mark", "ack mine", "Acknowledge my own page, from anywhere", hint=False, writes=True),
    Verb("app.undo", "u", "undo", "Take back the last change (for ten seconds)", hint=False, writes=True),
    Verb(
        "app.idea",
        "number_sign",
        "in our way",
        "Keep what got in our way for the process retro, from anywhere",
        hint=False,
        writes=True,
    ),
    Verb("app.quit", "ctrl+q", "quit", "Leave; drafts stay on the server", hint=False),
)
