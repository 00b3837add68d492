"""How an incident was classified, in the words of its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from incidentd.domain.told import Line, Sentences, Told, joined

SENTENCES = Sentences()


@SENTENCES.about("incident.classified")
def _classified(told: Told) -> Line:
    data = told.data
    was = f", was {data['was']}" if data["was"] not in ("", data["level"]) else ""
    return Line(
        kind="severity", text=f"Classified {data['level']}{was}: {data['rule_text']}", detail=joined(*_details(data))
    )


def _details(data: Mapping[str, Any]) -> Iterator[str]:
    if data["severity"] != data["level"]:
        because = f": {data['reason']}" if data["reason"] else ", without a reason"
        yield f"{data['severity']} by hand instead{because}"
    for one in data["said"]:
        was = f"{one['was']} → " if one["was"] else ""
        yield f"{one['question']}: {was}{one['answer']}"
    alone = [_would(one) for one in data["open"] if one["changes"]]
    together = [str(one["question"]) for one in data["open"] if not one["changes"]]
    if alone or together:
        also = [f"only together {', '.join(together)}"] if together else []
        yield f"not known: {'; '.join([*alone, *also])}"


def _would(unknown: Mapping[str, Any]) -> str:
    changes: Sequence[Mapping[str, Any]] = unknown["changes"]
    would = ", ".join(f"{one['level']} if {one['answer']}" for one in changes)
    return f"{unknown['question']} ({would})"
