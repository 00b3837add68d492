"""What people wrote in a review, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from incidentd.cli.screen import Painted, hang, section, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import review_records as wire_records
from incidentd.wire import reviews as wire_reviews

_SAID = ("saw", "thought", "tried", "text")


def titled(shown: wire_reviews.ReviewView, what: str) -> None:
    """The head of a list."""
    review = shown.review
    hang("", safe_line(f"{review.review_name} of INC-{review.incident_id}, {review.title}: {what}"), tone="bold")
    if shown.masked_by is not None:
        hidden = f"what was concluded is hidden until your factors for INC-{shown.masked_by} are in"
        hang("  ", hidden, tone="warn")


# ------------------------------------------------------------------ accounts
def print_accounts(session: Session, shown: wire_reviews.ReviewView, person: str) -> None:
    """By moment; those of the whole last."""
    titled(shown, "accounts")
    found = [one for one in shown.accounts if person in ("", one.person)]
    if not found:
        print("None that you may read.")
    last: object = ""
    for one in found:
        if one.at != last:
            last = one.at
            entry = f"  entry {one.seq}" if one.seq is not None else ""
            section(f"{session.when(one.at)}{entry}" if one.at else "The whole")
        news = ["new to you"] * one.new_to_me + [f"new to {one.new_to}"] * bool(one.new_to)
        hang(f"  {one.id}  ", safe_line(", ".join([one.person, *news])), tone="bold" if one.mine else "")
        print_said({name: getattr(one, name) for name in _SAID})


def print_said(texts: Mapping[str, str]) -> None:
    """What is not empty of it, each with its word."""
    for name, text in texts.items():
        if text.strip():
            hang("     " if name == "text" else f"     {name:<9}", safe_text(text))


# ------------------------------------------------------------------ factors
def print_factors(shown: wire_reviews.ReviewView) -> None:
    """By category, then what is hidden."""
    titled(shown, "factors")
    names = {one.id: one.name for one in shown.themes}
    for category in dict.fromkeys(one.category for one in shown.factors):
        section(category)
        for one in shown.factors:
            if one.category == category:
                print_factor(one, names)
    if not shown.factors:
        print("None that you may read.")
    if shown.factors_hidden:
        hang("  ", f"{shown.factors_hidden} of others, hidden until everybody's are shown", tone="dim")


def print_factor(one: wire_records.Factor, themes: Mapping[int, str]) -> None:
    """One factor with what shows it."""
    lead = f"  {f'F-{one.id}':<6}  {one.role:<10}  "
    hang(lead, safe_text(one.text), tone="dim" if one.same_as else "")
    below = " " * len(lead)
    if one.same_as:
        hang(below, f"the same as F-{one.same_as}", tone="dim")
    about = [*(f"#{name}" for name in one.contexts)]
    if one.theme_id is not None:
        about.insert(0, f"theme: {themes.get(one.theme_id, one.theme_id)}")
    if about:
        hang(below, safe_line("  ".join(about)), tone="dim")
    for evidence in one.evidence:
        hang(f"{below}shown by ", safe_line(_evidence(evidence)), tone="dim")
    for earlier in one.earlier:
        said = f"F-{earlier.id} of INC-{earlier.incident_id}, {earlier.text}: {earlier.evidence}"
        hang(f"{below}again as ", safe_line(said), tone="dim")
    print_warnings(one, below)


def print_warnings(one: wire_records.Factor, lead: str = "  ") -> None:
    """Such as that it names somebody."""
    for warning in one.warnings:
        hang(f"{lead}! ", safe_line(warning), tone="warn")


def _evidence(one: wire_records.Evidence) -> str:
    cited = one.ref if one.kind == "link" else f"{one.kind} {one.ref}" if one.kind != "words" else ""
    return ": ".join(part for part in (cited, one.text) if part)


def print_factor_list(found: wire_records.FactorPage, themes: Mapping[int, str]) -> None:
    """Factors of all incidents."""
    rows = [
        (f"F-{one.id}", f"INC-{one.incident_id}", one.category, one.role, themes.get(one.theme_id or 0, ""), one.text)
        for one in found.factors
    ]
    head = ("ID", "INCIDENT", "CATEGORY", "ROLE", "THEME", "FACTOR")
    table(head, rows, empty="No factor matches that you may read.", spare=("THEME", "ROLE"))


def print_themes(themes: Iterable[wire_records.Theme]) -> None:
    """By name, with how many factors of how many incidents."""
    rows = [(one.id, one.factors, one.incidents, one.name, one.text) for one in themes]
    table(("ID", "FACTORS", "INCIDENTS", "THEME", "ABOUT"), rows, empty="No theme yet.")


# ------------------------------------------------------------------ learnings and ideas
def print_learnings(session: Session, learnings: Iterable[wire_records.Learning]) -> None:
    """As they were written; who wrote them only where they said so."""
    rows = [
        (
            f"L-{one.id}",
            f"INC-{one.incident_id}",
            session.brief(one.written_at),
            one.author or Painted("-", "dim"),
            one.text,
        )
        for one in learnings
    ]
    head = ("ID", "INCIDENT", f"WRITTEN ({session.zone})", "BY", "LEARNING")
    table(head, rows, empty="No learning that you may read.", spare=("WRITTEN", "INCIDENT"))


def print_ideas(shown: wire_reviews.ReviewView) -> None:
    """The parking lot, with what became of each."""
    titled(shown, "parking lot")
    rows = [(one.id, one.by, _became(one), one.text) for one in shown.ideas]
    table(("IDEA", "BY", "BECAME", "TEXT"), rows, empty="No idea is parked.", spare=("BY",))


def _became(idea: wire_records.Idea) -> Painted:
    if idea.action_id is not None:
        return Painted(f"action {idea.action_id}", "good")
    return Painted(f"dropped: {idea.dropped_why}", "dim") if idea.dropped_why else Painted("-", "dim")


def evidence_of(given: Mapping[str, Iterable[object]]) -> tuple[wire_records.Evidence, ...]:
    """What the options of a command cite, in the order of their kinds."""
    found = []
    for kind, values in given.items():
        for value in values:
            ref, text = ("", str(value)) if kind == "words" else (str(value), "")
            found.append(wire_records.Evidence(kind=kind, ref=ref, text=text))  # type: ignore[arg-type]
    return tuple(found)
