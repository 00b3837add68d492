"""Everything that the simulated team is assumed to do, in one place; docs/simulation.md explains each value.

No value was measured anywhere: they are plausible inventions, made so that every figure has something to count.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Assumptions(msgspec.Struct, frozen=True, kw_only=True):
    """Shares are from 0 to 1, durations are means of log-normal draws unless a line says otherwise."""

    deviation: float = 1.4
    """Of every log-normal duration, as a multiple of its mean: most are short, a few are very long."""

    # ------------------------------------------------------------------ when things happen
    night: float = 0.5
    """How busy an hour from 22 to 6 UTC is, where an hour of a weekday is 1."""
    working_hours: float = 1.7
    """The same from 8 to 18 UTC, Monday to Friday."""
    weekend: float = 0.55
    """A factor on Saturday and Sunday."""
    release_weekdays: tuple[int, ...] = (2, 4)
    """Days of the two releases in a week (ISO: Monday is 1), both at 14:00 UTC."""
    after_release: float = 2.2
    """A factor for the six hours after a release."""

    # ------------------------------------------------------------------ alerts that mean nothing much
    alert_gap: timedelta = 6.4 * _HOUR
    """Between two alerts, at an hour of average busyness."""
    alert_lasts: timedelta = 22 * _MINUTE
    alert_is_critical: float = 0.18
    """Pages at once."""
    alert_is_warning: float = 0.37
    """Pages in working hours; the others, of severity info, page nobody."""

    # ------------------------------------------------------------------ people who are paged
    answers_by_day: float = 0.95
    """Of urgent messages, from 7 to 23 UTC; what is not answered goes to the next step."""
    answers_by_night: float = 0.85
    answer_by_day: timedelta = 2.5 * _MINUTE
    answer_by_night: timedelta = 6 * _MINUTE
    answer_low: timedelta = 35 * _MINUTE
    """Of a page that is not urgent."""

    # ------------------------------------------------------------------ incidents
    fault_gap: timedelta = 104 * _HOUR
    """Between two faults, at an hour of average busyness: about 90 in a year."""
    severities: tuple[float, ...] = (0.06, 0.16, 0.38, 0.28, 0.12)
    """The shares of SEV1 to SEV5."""
    false_alarm: float = 0.07
    """Faults that turn out to be none."""
    near_miss: float = 0.4
    """Of the false alarms: it nearly was one, and is looked at like one."""
    latent: timedelta = 7 * _MINUTE
    """From the beginning of a fault to its first alert."""
    customers_first: float = 0.22
    """Faults that customers report before any alert fires."""
    customers_write: float = 0.55
    """Faults of SEV1 to SEV3 that customers write about at all."""
    declared_after: timedelta = 5 * _MINUTE
    """From the acknowledgement, or the second report, to the incident."""
    mitigated_after: tuple[timedelta, ...] = (70 * _MINUTE, 85 * _MINUTE, 110 * _MINUTE, 150 * _MINUTE, 240 * _MINUTE)
    """From the declaration, for SEV1 to SEV5; the same under every version of the process."""
    resolved_after: timedelta = 55 * _MINUTE
    """From the mitigation."""
    first_guess_wrong: float = 0.2
    """Incidents whose severity is revised while they run, by one level."""
    lead_at_once: float = 0.85
    """Incidents that have a mitigation lead when they are declared; others get one later."""
    lead_later: timedelta = 9 * _MINUTE
    leads_both: float = 0.3
    """SEV1 and SEV2 in which one person leads mitigation and communication for a while."""
    communicator_after: timedelta = 8 * _MINUTE
    """Until somebody leads the communication of a SEV1 or SEV2."""
    from_project: float = 0.15
    """Communication leads who are taken from project work."""
    claims_impact: float = 0.6
    disputed: float = 0.25
    """Of those claims: somebody else says that it began earlier, and disputes the first."""
    corrected_start: float = 0.15
    """Incidents whose start is corrected afterwards."""

    # ------------------------------------------------------------------ updates, and what a change of the process does
    promise_kept: tuple[float, ...] = (0.70, 0.88, 0.88)
    """Promised updates that are meant to be written in time, by version of the process: version 2 HAS an effect, of 18
    points. Of those that are meant to be late, some are kept all the same: the incident is over before they are due.
    """
    promise_late: timedelta = 11 * _MINUTE
    """How late the others are."""
    version_days: tuple[int, ...] = (120, 240)
    """Days after the start on which versions 2 and 3 come into force; version 3 has NO effect on anything."""

    # ------------------------------------------------------------------ customers
    report_gap: timedelta = 40 * _HOUR
    """Between two reports that belong to no incident, at an hour of average busyness."""
    report_answered: timedelta = 35 * _MINUTE
    report_ends: timedelta = 20 * _HOUR

    # ------------------------------------------------------------------ duty
    handover_written: float = 0.8
    """Blocks whose end is written by who leaves; others go out by themselves."""
    handover_accepted: float = 0.9
    handover_takes: timedelta = 90 * _MINUTE
    """To write one, to accept one, to answer an offer of rest."""
    rest_answered: float = 0.7
    """Offers of rest."""
    rest_taken: float = 0.75
    """Of those that are answered."""
    interruption_gap: timedelta = 70 * _HOUR
    """Between two times that somebody on project work is asked in person, at an hour of average busyness."""

    # ------------------------------------------------------------------ reviews
    review_in_window: float = 0.72
    """Reviews that are planned within their window; a weekend or a night of rest can move them out of it."""
    review_late: timedelta = 3 * _DAY
    """How long after the window the others are."""
    published: float = 0.9
    """Reviews whose document is published, some days after the workshop."""
    actions_end: tuple[float, float, float, float] = (0.55, 0.2, 0.12, 0.13)
    """The shares of actions that are done in time, done late, given up with a reason, and left open."""
    action_late: timedelta = 12 * _DAY
    learning_used: float = 0.4
    """Learnings that somebody uses again, 10 to 120 days later."""
    factor_linked: float = 0.6
    """Factors that an earlier review had, too, and that are linked to it."""
    readers: int = 8
    """Of a published document, at most."""
    followup_answered: float = 0.55
    """Answers to the question of what changed, 30 and 90 days later."""

    # ------------------------------------------------------------------ working on the process
    idea_gap: timedelta = 9 * _DAY
    """Between two ideas of what gets in the way, at an hour of average busyness."""
    idea_anonymous: float = 0.3
    experiment_gap: timedelta = 50 * _DAY
    """Between two experiments beside those of the retros, 0.6 to 1.4 times as long, evenly drawn."""
    experiment_lasts: timedelta = 42 * _DAY
    """Exactly; twice as long where one goes on from another."""
    experiment_stopped: float = 0.15
    """Experiments whose stop rule comes true."""
    declined_day: int = 290
    withdrawn_day: int = 320
    """Days after the start on which a version is proposed that nobody adopts: others decline it, its author withdraws
    it."""

    # ------------------------------------------------------------------ what is not to be heard
    silence_gap: timedelta = 9 * _DAY
    """Between two silences, at an hour of average busyness."""
    silence_lasts: timedelta = 30 * _HOUR
    """And an hour more."""
    silence_ended_early: float = 0.3
    maintenance_gap: timedelta = 13 * _DAY
    """Between two plans of maintenance, each a day ahead and for two hours, 0.5 to 1.5 times as long, evenly drawn."""
    maintenance_changes: tuple[float, float] = (0.3, 0.15)
    """Windows that end early, and those that get an hour more."""
    backups_from_day: int = 30
    """From then on backups are read back each Saturday, as maintenance that recurs."""
    drill_days: tuple[int, ...] = (75, 255)
    """Days after the start on which a team practises, at a time at which people sit at their desks."""

    def version_on(self, day: float) -> int:
        """The version of the process that is in force so many days after the start."""
        return 1 + sum(one <= day for one in self.version_days)


DEFAULTS = Assumptions()
