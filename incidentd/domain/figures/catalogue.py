"""Every figure there is: its name, what it counts, of what, and what it does not say."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec

from incidentd.domain.figures import paging, promises, protecting, responses, reviewing, severities
from incidentd.domain.figures.cases import Cases
from incidentd.wire.figures import FigureKind

INCIDENTS, PAGES, GROUPS, REPORTS, REVIEWS, TEAMS = "incidents", "pages", "groups", "reports", "reviews", "teams"
"""What has to be read for a figure; whatever belongs to incidents is read with them."""


class Sort(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of the catalogue. `noun` is what its cases are; `beside`, of a count, what they are counted beside.

    `[review]` in its texts is how the team calls that.
    """

    name: str
    title: str
    noun: str
    kind: FigureKind
    definition: str
    limit: str
    cases: Cases
    reads: frozenset[str]
    unit: str = ""
    beside: Cases | None = None

    def called(self, review_name: str) -> Sort:
        """The same with the team's name for the [review] in its texts."""
        texts = {
            name: getattr(self, name).replace("[review]", review_name) for name in ("title", "definition", "limit")
        }
        return msgspec.structs.replace(self, **texts)


def _share(name: str, title: str, noun: str, cases: Cases, reads: Iterable[str], definition: str, limit: str) -> Sort:
    return Sort(
        name=name, title=title, noun=noun, kind="share", definition=definition, limit=limit, cases=cases,
        reads=frozenset(reads),
    )  # fmt: skip


def _lasting(
    name: str, title: str, noun: str, cases: Cases, reads: Iterable[str], definition: str, limit: str, unit: str = "s"
) -> Sort:
    return Sort(
        name=name, title=title, noun=noun, kind="duration", definition=definition, limit=limit, cases=cases,
        reads=frozenset(reads), unit=unit,
    )  # fmt: skip


def _count(
    name: str, title: str, noun: str, cases: Cases, reads: Iterable[str], definition: str, limit: str,
    beside: Cases | None = responses.begun,
) -> Sort:  # fmt: skip
    return Sort(
        name=name, title=title, noun=noun, kind="count", definition=definition, limit=limit, cases=cases,
        reads=frozenset(reads), unit="count", beside=beside,
    )  # fmt: skip


_OF_INCIDENTS = "Drills, false alarms, merged and imported incidents do not count."
_START = (
    " The start is when it began, not when it was noticed, and people learn of it later: where claims about the impact"
    " give another start, the dot has bounds."
)
_LONG = " Durations are few and skewed: look at the dots. A mean of them moves by chance alone."

CATALOGUE: tuple[Sort, ...] = (
    # ------------------------------------------------------------------ promises
    _share(
        "first-responses-kept", "First answers to customers in time", "reports", promises.first_responses,
        [REPORTS, INCIDENTS],
        "Reports whose first answer of a person came before its clock ran out, of all reports with a clock that was"
        " answered or ran out; by kind of customer. An automatic answer stops no clock.",
        "The clock is that of the report's priority as it stands now: one that was raised later has the shorter clock.",
    ),
    _share(
        "pages-acknowledged-in-time", "Pages acknowledged before they moved on", "pages", promises.pages_in_time,
        [PAGES, INCIDENTS],
        "Pages that somebody acknowledged before the escalation went beyond its first step, of all that were"
        " acknowledged or went beyond it. Pages whose alerts ended before either do not count.",
        "Policies wait differently long, so that services with other policies are not compared by it. A person who"
        " escalates at once on purpose counts as moved on.",
    ),
    _share(
        "update-promises-kept", "Updates sent when they were promised", "promises", promises.updates_kept,
        [INCIDENTS],
        "Promised times of the next update that were kept, of all that were kept or missed. A promise to an audience"
        " is kept by an update to the same audience. Promises of merged incidents and false alarms count as long as an"
        " update was owed. Drills do not count.",
        "It says when people were told, not whether they learned what they needed; see updates-without-news.",
    ),
    _share(
        "updates-without-news", "Updates that said nothing new", "updates", promises.updates_without_news,
        [INCIDENTS],
        "Updates that repeat the one before to the same audience, or say that there is nothing to say, of all that"
        " followed another. Drills do not count.",
        "It compares words: other words for the same are not found. That nothing has changed can be worth saying.",
    ),
    # ------------------------------------------------------------------ paging
    _lasting(
        "page-to-acknowledgement", "From a page to its acknowledgement", "pages", paging.to_acknowledgement,
        [PAGES, INCIDENTS],
        "Time from the start of a page until somebody acknowledged it first, of all pages; those that nobody"
        " acknowledged have no value and are counted in the whole. Drills do not count.",
        "An acknowledgement says that somebody has seen it, not that they are at work on it." + _LONG,
    ),
    _share(
        "pages-in-sleep-hours", "Pages in sleep hours", "pages", paging.in_sleep_hours, [PAGES, INCIDENTS],
        "Pages that reached anybody in their sleep hours (their own, else 23:00 to 07:00 on their clocks), of all"
        " pages. Drills do not count.",
        "Reckoned with the sleep hours and zones of the roster as it stands now.",
    ),
    _share(
        "actionable-pages", "Pages that led to something", "pages", paging.actionable, [PAGES, INCIDENTS],
        "Pages that belong to an incident, or that a person ended, handed on or declared an incident from, of all pages"
        " that are over. An acknowledgement alone is no act. Drills do not count.",
        "What somebody did elsewhere and nobody recorded here is not seen: read what came of 'nothing' before an alert"
        " is taken away.",
    ),
    _share(
        "alerts-that-paged-nobody", "Alerts that paged nobody", "groups of alerts", paging.paged_nobody, [GROUPS],
        "Groups of alerts (what came together on one route) about which nobody was paged, of all groups: they were"
        " silenced, inhibited, in maintenance, over before their wait was, or their route pages nobody. Drills do not"
        " count.",
        "Neither good nor bad: it says how much is kept from people. Severity is none of an alert's, so that a scope"
        " with one is empty.",
    ),
    # ------------------------------------------------------------------ the response
    _count(
        "incidents-by-severity", "Incidents", "incidents", responses.by_severity, [INCIDENTS],
        "Incidents by the worst severity they ever had, when they began. " + _OF_INCIDENTS,
        "More incidents may mean that more is declared, which is wanted.",
    ),
    _share(
        "noticed-by-customers", "Noticed by customers first", "incidents", responses.noticed_by_customers, [INCIDENTS],
        "Incidents of which a customer's report was the first sign, of all whose first sign is known: an alert that"
        " fired, a report that came, or who declared it. " + _OF_INCIDENTS,
        "Only reports that were linked to the incident are known to belong to it.",
    ),
    _lasting(
        "start-to-detection", "From the start to the first sign", "incidents", responses.to_detection, [INCIDENTS],
        "Time from the start of an incident to its first sign (alert, report or a person), of all incidents. "
        + _OF_INCIDENTS,
        "Where the start is that of the first alert, it is 0." + _START + _LONG,
    ),
    _lasting(
        "time-to-mitigate", "From the start to the mitigation", "episodes", responses.to_mitigation, [INCIDENTS],
        "Time from the start of an episode until its impact was held in check, of all episodes; a reopened incident has"
        " several. " + _OF_INCIDENTS,
        "It measures the incident more than the people." + _START + _LONG,
    ),
    _lasting(
        "time-to-resolve", "From the start to the resolve", "episodes", responses.to_resolve, [INCIDENTS],
        "Time from the start of an episode until it was resolved, of all episodes; a reopened incident has several. "
        + _OF_INCIDENTS,
        "It measures the incident more than the people." + _START + _LONG,
    ),
    _lasting(
        "role-gap-minutes", "Minutes with a role gap", "incidents", responses.role_gaps, [INCIDENTS],
        "Minutes of the response in which nobody led the mitigation, nobody led the communications although two leads"
        " were wanted, or one person held both; each incident with the sum, by which of them was the longest. "
        + _OF_INCIDENTS,
        "Two gaps at once count twice. Whether two leads are wanted is decided by the process in force now. A short"
        " incident that one person mends alone has no communications lead to miss.",
        unit="min",
    ),
    _count(
        "severity-revisions", "Changes of severity", "revisions", severities.revised, [INCIDENTS],
        "Changes of an incident's severity while it lasted and after, up and down, beside all incidents. "
        + _OF_INCIDENTS,
        "To correct a severity is right: none at all would be stranger.",
    ),
    _share(
        "first-severity-held", "First severity held", "incidents", severities.first_held, [INCIDENTS],
        "Incidents whose severity now is the one they were declared with, of all. " + _OF_INCIDENTS,
        "Neither good nor bad by itself; look at which way the others went.",
    ),
    _count(
        "contradictions", "Times that contradict each other", "contradictions", responses.contradicting, [INCIDENTS],
        "Pairs of times of an incident that cannot both be as they were said, beside all incidents. " + _OF_INCIDENTS,
        "While there are some, the durations of these incidents are uncertain.",
    ),
    _count(
        "near-misses", "Near misses", "near misses", responses.near_misses, [INCIDENTS, REVIEWS],
        "False alarms, and incidents whose [review] names luck as a factor, beside all incidents with these. Drills,"
        " merged and imported incidents do not count.",
        "A near miss is no record of its own: what went well by luck and was never declared is not seen. Luck is known"
        " only where the [review] is written.",
        beside=responses.everything,
    ),
    # ------------------------------------------------------------------ reviews and learning
    _share(
        "reviews-in-window", "[review] begun inside its window", "incidents", reviewing.in_window,
        [INCIDENTS, REVIEWS],
        "Resolved incidents that want the [review] and in which it began before the end of its window, of all in which"
        " it began or whose window is over. " + _OF_INCIDENTS,
        "The window is that of the last resolve. One that was opened early by a second person counts and is named.",
    ),
    _share(
        "reviews-waived", "Closed without [review]", "incidents", reviewing.waived, [INCIDENTS, REVIEWS],
        "Resolved incidents that were closed without [review], of all that were closed or have begun it. "
        + _OF_INCIDENTS,
        "Only incidents whose severity wants none can be closed without it, with a reason.",
    ),
    _share(
        "non-technical-factors", "Factors other than technical", "factors", reviewing.not_technical,
        [INCIDENTS, REVIEWS],
        "Contributing factors of another category than technical, of all that the [review] of an incident"
        " left behind; withdrawn ones and doubles do not count.",
        "What is looked for is found. A share near 0 or near 1 says more of how people look than of the incidents.",
    ),
    _share(
        "learnings-used", "Learnings used again", "learnings", reviewing.learnings_used, [INCIDENTS, REVIEWS],
        "Learnings whose use somewhere else was recorded, of all that were written and not withdrawn; by"
        " where they were used first.",
        "A use that nobody records is not seen, and new learnings have had less time.",
    ),
    _lasting(
        "open-action-ages", "Age of open actions", "open actions", reviewing.open_ages, [INCIDENTS, REVIEWS],
        "How long the actions that are open now have been open; late ones are those whose day is over.",
        "As of now, whatever the period says: the period is that in which they were written.",
        unit="days",
    ),
    _share(
        "actions-done", "Actions that were done", "actions", reviewing.ended, [INCIDENTS, REVIEWS],
        "Actions that ended by being done, in time or late, of all that ended; the others will not be done, for a"
        " reason that was given.",
        "\"Won't do, because\" is an answer too, and often the right one.",
    ),
    _share(
        "reporters-followed-up", "Reporters told how it ended", "reports", reviewing.reporters_told,
        [REPORTS, INCIDENTS],
        "Reports whose reporter was told how it ended, of all that have an outcome and whose incident, if any, is"
        " resolved; by kind of customer.",
        "Only what was sent from here is known.",
    ),
    # ------------------------------------------------------------------ a team's time
    _share(
        "leak-free-project-days", "Project days without interruption", "project days", protecting.leak_free, [TEAMS],
        "Days of people on project work without an interruption, of all: days on project work at noon, with working"
        " hours, no holiday and no absence, or with an interruption.",
        "Only interruptions that were recorded count. A day has no service and no severity.",
    ),
    _share(
        "absorption", "Reactive work that support absorbed", "pieces of work", protecting.absorbed, [TEAMS],
        "Pages that were acknowledged in support mode and interrupted nobody on project work, of all pages that"
        " somebody acknowledged and all interruptions without a page.",
        "Work that left no page and was not recorded is not seen. It has no severity.",
    ),
    _count(
        "interruptions", "Interruptions of project work", "interruptions", protecting.interruptions, [TEAMS],
        "Interruptions of people on project work by the reason that was given; withdrawn ones do not count.",
        "More may mean that more is recorded. It has no severity.",
        beside=None,
    ),
    _share(
        "heavy-shifts-rested", "Heavy shifts followed by rest", "heavy shifts", protecting.rested, [TEAMS],
        "Heavy shifts (more than two incidents in twelve hours, or a page in sleep hours) after which the rest that was"
        " offered was taken, of all whose offer was answered or is over; by week.",
        "Rest that somebody took without a word is not seen. Nobody has to take it.",
    ),
    _share(
        "handovers-in-time", "Handovers in time", "handovers", protecting.handed_over, [TEAMS],
        "Duty blocks whose handover was sent within an hour of their end, of all that ended and have somebody to hand"
        " over to.",
        "It says that something was handed over, not whether it was understood.",
    ),
)  # fmt: skip
NAMES = {one.name: one for one in CATALOGUE}


def nearest(name: str) -> str:
    """The name of a figure that looks most like `name`, "" when none does."""
    near = get_close_matches(name.casefold().replace("_", "-").replace(" ", "-"), NAMES, 1, 0.4)
    return near[0] if near else ""
