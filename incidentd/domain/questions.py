"""The words in which each kind of customer is asked."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from incidentd.domain.customers import CustomerKind
from incidentd.domain.triage import USUALLY_REQUIRED, Question


class Questions(msgspec.Struct, frozen=True, kw_only=True):
    """What customers of one kind are asked: the questions that count, and their words."""

    required: tuple[Question, ...] = USUALLY_REQUIRED
    texts: Mapping[Question, str]


_ASKED: Mapping[Question, str] = {
    Question.WHO: "Whom does it affect: only you, your team, or everybody you know of?",
    Question.REPRODUCE: "What do you do, step by step, until it happens? Does it happen every time?",
    Question.SINCE: "When did you first see it? The time and your time zone help.",
    Question.OBSERVED: "What do you see, word for word if there is a message, and what did you expect instead?",
    Question.EXPECTED: "What did you expect to happen instead?",
    Question.SCOPE: "Where does it happen: which part of the product, which region, which app or browser version?",
    Question.CONTACT: "How can we reach you fastest if we have another question?",
    Question.WORKAROUND: "Is there another way for you to get it done meanwhile?",
}
DEFAULT_QUESTIONS: Mapping[str, Questions] = {
    CustomerKind.END_USER: Questions(texts=_ASKED),
    CustomerKind.OSS_DEVELOPER: Questions(
        texts={
            **_ASKED,
            Question.WHO: "Whom does it affect: your own project, its users, or everybody on this version?",
            Question.REPRODUCE: "Could you share the smallest example that shows it, with the commands you run?",
            Question.SINCE: "Which version or commit is the first that shows it, and which is the last that does not?",
            Question.SCOPE: "Which version, platform and configuration do you use?",
        }
    ),
    CustomerKind.INTERNAL_TEAM: Questions(
        texts={
            **_ASKED,
            Question.WHO: "Whom does it affect: your team, other teams, or customers, and how many?",
            Question.REPRODUCE: "Which request or job shows it? A trace id, a query or a link to a log helps.",
            Question.SINCE: "Since when, and did anything change on your side around then?",
            Question.SCOPE: "Which service, region, environment and version?",
            Question.CONTACT: "Who in your team is on it, and where do you talk about it?",
        }
    ),
}
