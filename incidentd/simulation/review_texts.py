"""What people write in the reviews of the fictional team: invented, and about nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from incidentd.wire.review_records import Category

FACTORS: Sequence[tuple[str, Category]] = (
    ("The limit of connections of {service} is the same for all tenants", "technical"),
    ("{service} tries again at once, so that a short outage grows", "technical"),
    ("The dashboard of {service} shows averages, and the slow requests vanish in them", "technical"),
    ("A cache hides that the storage behind {service} is slow", "technical"),
    ("Two teams own parts of the pipeline of {service}, and each saw half", "organisational"),
    ("The release was on the day before a holiday", "organisational"),
    ("The runbook of {service} speaks of machines that are gone", "process"),
    ("Nobody is told when a limit is changed", "process"),
    ("The names of the two clusters differ by one letter", "human-factors"),
    ("The alert came together with forty others", "human-factors"),
    ("The provider announced the change in a list that nobody reads", "external"),
    ("Somebody had the right screen open when it began", "luck"),
)
LEARNINGS: Sequence[str] = (
    "What {service} does when its storage is slow was not known to those who are paged",
    "A rollback of {service} takes four minutes, and needs nobody's leave",
    "The queue of {service} tells ten minutes earlier than its errors",
    "Customers notice old data before any probe does",
)
IDEAS: Sequence[str] = (
    "A probe from outside for {service}",
    "Say in the alert which release is new",
    "Give each tenant of {service} a limit of its own",
    "Read the runbook together once a quarter",
)
ACCOUNTS: Sequence[tuple[str, str]] = (
    ("The error ratio jumped, the release before looked well", "It is the release"),
    ("Two alerts that I did not know", "Perhaps the network again"),
    ("Nothing on my dashboard", "Customers see something that we do not measure"),
)
SECTIONS: Mapping[str, str] = {
    "summary": "Part of {service} did not answer as it does on other days; it was mitigated the same day.",
    "hard": "Several things changed within an hour, and the dashboards showed averages.",
    "open_questions": "Whether the limit would have held without the new release is not known.",
}
