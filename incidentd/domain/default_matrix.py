"""The severity matrix of a daemon whose process file has none. Source: the practice's "Severity matrix"."""

from __future__ import annotations

from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import Answer, Matrix, Question, Rule

_S = Severity


def _question(name: str, text: str, **answers: str) -> Question:
    listed = tuple(Answer(id=answer, text=words) for answer, words in answers.items())
    return Question(id=name, text=text, answers=listed)


def _rule(name: str, level: Severity, text: str, **when: str) -> Rule:
    return Rule(id=name, level=level, text=text, when={one: tuple(listed.split()) for one, listed in when.items()})


_QUESTIONS = (
    _question(
        "harm",
        "Is data lost or exposed, or is a weakness being exploited?",
        no="nothing points to it",
        suspected="suspected",
        confirmed="confirmed",
    ),
    _question(
        "function",
        "How well does a core function work for those affected?",
        works="it works; at most it looks wrong",
        degraded="slow, incomplete, or failing now and then",
        unusable="it cannot be used",
    ),
    _question(
        "users",
        "How many of the users are affected?",
        few="fewer than 25 %",
        many="25 % to below 50 %",
        most="50 % or more",
    ),
    _question(
        "workaround",
        "Is there another way for them?",
        acceptable="yes, and they can live with it",
        unacceptable="yes, but nobody can be asked to use it for long",
        none="no",
    ),
    _question(
        "redundancy",
        "Is redundancy gone, or is it getting worse?",
        no="no, it holds",
        yes="yes: one more fault, or more time, and it is worse",
    ),
    _question(
        "sla",
        "Is the availability promised in an agreement (SLA) broken?",
        no="no",
        yes="yes, or it will be before this is over",
    ),
)
# Worse levels first: the first rule that holds counts, so "at least SEV2" is to stand above everything milder.
_RULES = (
    _rule("harm-confirmed", _S.SEV1, "data loss, exposure or active exploit is confirmed", harm="confirmed"),
    _rule(
        "unusable-for-most",
        _S.SEV1,
        "a core function is unusable without a workaround for half of the users or more",
        function="unusable",
        workaround="none",
        users="most",
    ),
    _rule("harm-suspected", _S.SEV2, "data loss, exposure or active exploit is suspected", harm="suspected"),
    _rule("sla-broken", _S.SEV2, "the availability promised in an agreement is broken", sla="yes"),
    _rule(
        "unusable-for-many",
        _S.SEV2,
        "a core function is unusable without a workaround for a quarter of the users or more",
        function="unusable",
        workaround="none",
        users="many",
    ),
    _rule(
        "degraded-for-most",
        _S.SEV2,
        "a core function is degraded, or its workaround is unacceptable, for half of the users or more",
        function="degraded unusable",
        workaround="unacceptable none",
        users="most",
    ),
    _rule(
        "unusable",
        _S.SEV3,
        "a core function is unusable without a workaround",
        function="unusable",
        workaround="none",
    ),
    _rule(
        "degraded",
        _S.SEV3,
        "a core function is degraded, or its workaround is unacceptable",
        function="degraded unusable",
        workaround="unacceptable none",
    ),
    _rule("redundancy-gone", _S.SEV3, "redundancy is gone, or it is getting worse", redundancy="yes"),
    _rule(
        "workaround-for-many",
        _S.SEV3,
        "an acceptable workaround, for a quarter of the users or more",
        function="degraded unusable",
        users="many most",
    ),
    _rule("workaround", _S.SEV4, "an acceptable workaround", function="degraded unusable"),
    _rule("cosmetic", _S.SEV5, "cosmetic at most"),
)
DEFAULT_MATRIX = Matrix(questions=_QUESTIONS, rules=_RULES)
