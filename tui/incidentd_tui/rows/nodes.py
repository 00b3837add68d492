"""The nodes that share one database, on the Health screen: one line each, and all of one beside it."""

from __future__ import annotations

from rich.style import Style

from incidentd.wire.nodes import Node, Nodes
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model

HEAD = f"{'NODES':<17} {'STATE':<14}{'SIGN':<9}{'VERSION':<12}NOTE"
_MARKS = {"up": "● ", "stopped": "○ "}
_STYLES = {"up": theme.success, "late": theme.warning, "stopped": theme.muted}


def ordered(model: Model) -> tuple[Node, ...]:
    """As the daemon lists them."""
    return model.nodes.nodes if model.nodes is not None else ()


def row(model: Model, node: Node) -> paint.Line:
    """The name, how it stands, its last sign of life, its version, and what differs."""
    style = _STYLES.get(node.state, theme.danger)
    return [
        (paint.fit(node.name, 17) + " ", theme.plain if node.state == "up" else theme.bold),
        (paint.fit(_MARKS.get(node.state, "▲ ") + node.state, 13) + " ", style),
        (paint.fit(phrases.age(node.seen_at, model.now()), 8) + " ", theme.muted),
        (paint.fit(node.version, 11) + " ", theme.muted),
        _note(node),
    ]


def _note(node: Node) -> tuple[str, Style]:
    if node.differs:
        return (f"▲ differs in {', '.join(node.differs)}", theme.warning)
    return ("this session" if node.here else "", theme.muted)


def lines(model: Model, node: Node, width: int) -> list[paint.Line]:
    """One node in full."""
    found: list[paint.Line] = [[], [(node.name, theme.bold), (f"  {node.state}", theme.muted)]]

    def say(label: str, value: str) -> None:
        texts = paint.wrap(value, width - 12) or ["—"]
        for at, one in enumerate(texts):
            found.append([(f"{'' if at else label:<12}", theme.muted), (one, theme.plain)])

    say("last sign", phrases.day_hour(node.seen_at, model.now(), model.zone))
    say("started", phrases.day_hour(node.started_at, model.now(), model.zone))
    if node.stopped_at is not None:
        say("stopped", phrases.day_hour(node.stopped_at, model.now(), model.zone))
    say("host", node.host)
    say("listens on", ", ".join(node.addresses))
    say("version", f"{node.version}, API {node.api_version}, schema {node.schema}{_database(model.nodes)}")
    say("process", node.process)
    say("clock", f"{node.clock_offset:+.3f} s of the database's")
    if node.differs:
        say("differs in", ", ".join(node.differs))
    note = model.nodes.note if model.nodes is not None else ""
    return [*found, [], *([(text, theme.muted)] for text in paint.wrap(note, width) if text)]


def _database(nodes: Nodes | None) -> str:
    return f" (the database has {nodes.schema})" if nodes is not None and nodes.schema else ""
