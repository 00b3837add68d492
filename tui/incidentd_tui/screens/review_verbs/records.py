"""What is done with what was written: new to me, evidence, other words, the same as another, a theme, taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from incidentd.domain.review_steps import Step
from incidentd.wire import review_records as wire_records
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.rows import review as rows
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.review_verbs.base import ReviewPart
from incidentd_tui.verbs import Verb
from incidentd_tui.writing import factors

VERBS = (
    Verb("review.new", "asterisk", "new to me", "What this account tells was new to you", writes=True),
    Verb("review.evidence", "e", "evidence", "The moment that shows this factor", writes=True),
    Verb("review.edit", "E", "edit", "Other words for this factor", writes=True),
    Verb("review.same", "M", "same as", "This factor says the same as another one", writes=True),
    Verb("review.theme", "T", "theme", "The theme that this factor belongs to", writes=True),
    Verb("review.withdraw", "X", "take back", "Take back what you wrote here: a form", hint=False, writes=True),
)
_FACTOR = frozenset({"review.evidence", "review.edit", "review.same", "review.theme"})
_NEW_THEME = "\0new"


class RecordVerbs(ReviewPart):
    """Each is about the row under the cursor."""

    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        seen = self.seen()
        if seen is None:
            return ""
        reason = self._refused(seen, verb.id)
        return f"{verb.label}: {reason}" if reason else ""

    def _refused(self, seen: rows.Seen, verb: str) -> str:
        if verb == "review.new":
            account = self._account(seen)
            if account is None:
                return "go to an account first"
            return "this is your own account" if account.mine else ""
        if verb in _FACTOR:
            if self._factor(seen) is None:
                return "go to a factor first"
            if verb in ("review.same", "review.theme") and not seen.revealed:
                return "once the factors are shown"
        if verb == "review.withdraw" and self._withdrawal(seen) is None:
            idea = rows.parking_lot.idea(seen, self.key_here()) if seen.step == Step.PARKING_LOT else None
            return "" if idea is not None else "go to something that you wrote first"
        return ""

    def _account(self, seen: rows.Seen) -> wire_records.Account | None:
        return rows.accounts.chosen(seen, self.key_here()) if seen.step in (Step.ACCOUNTS, Step.WALK) else None

    def _factor(self, seen: rows.Seen) -> wire_records.Factor | None:
        return rows.factors.factor(seen, self.key_here()) if seen.step == Step.FACTORS else None

    # ------------------------------------------------------------------ accounts
    async def do_new(self) -> None:
        seen = self.seen()
        account = self._account(seen) if seen is not None else None
        if account is None:
            return
        new = not account.new_to_me
        said = f"✓ new to you: what {account.person} tells" if new else "✓ you knew it"
        await self.change(self.tui.acts.client.mark_new(self.incident_id, account.id, new=new), said)

    # ------------------------------------------------------------------ factors
    def _edit(self, one: wire_records.Factor, body: wire_records.EditFactor) -> Awaitable[wire_records.Factor]:
        return self.tui.acts.client.edit_factor(self.incident_id, one.id, body, if_version=one.version)

    def do_edit(self) -> None:
        seen = self.seen()
        if seen is not None and (one := self._factor(seen)) is not None:
            self.write(factors.edit(self, seen, one))

    def do_evidence(self) -> None:
        """Pick the moment that shows it; one that is there already is taken out."""
        seen = self.seen()
        one = self._factor(seen) if seen is not None else None
        if seen is None or one is None:
            return
        there = {str(each.ref) for each in one.evidence if each.kind == "entry"}
        moments = {str(each.entry.seq): each.entry for each in seen.view.walk.moments if each.entry.seq}
        items = [
            Item(seq, f"{phrases.hour(entry.observed_at, self.model.zone)} {entry.text}", "✓" if seq in there else "")
            for seq, entry in moments.items()
        ]

        def chosen(seq: str | None) -> None:
            if seq is None:
                return
            kept = [each for each in one.evidence if not (each.kind == "entry" and str(each.ref) == seq)]
            plain = [wire_records.Evidence(kind=each.kind, ref=str(each.ref), text=str(each.text)) for each in kept]
            if str(seq) not in there:
                plain.append(wire_records.Evidence(kind="entry", ref=str(seq)))
            self.run(self.change(self._edit(one, wire_records.EditFactor(evidence=tuple(plain))), "✓ evidence kept"))

        self.app.push_screen(Picker("Which moment shows it?", items, "words of the moment"), chosen)

    def do_same(self) -> None:
        seen = self.seen()
        one = self._factor(seen) if seen is not None else None
        if seen is None or one is None:
            return
        others = [each for each in seen.view.factors if each.id != one.id and not each.same_as]
        items = [Item(str(each.id), str(each.text), str(each.category)) for each in others]
        merged = [each for each in seen.view.factors if each.same_as == one.id]
        items += [Item(f"-{each.id}", f"apart again: {each.text}", "is one with it") for each in merged]

        def chosen(picked: str | None) -> None:
            if picked is None:
                return
            number = int(picked)
            target = one if number > 0 else next(each for each in merged if each.id == -number)
            body = wire_records.EditFactor(same_as=max(number, 0))
            self.run(self.change(self._edit(target, body), "✓ they are one" if number > 0 else "✓ apart again"))

        self.app.push_screen(Picker("Says the same as which?", items, "words of the factor"), chosen)

    def do_theme(self) -> None:
        seen = self.seen()
        one = self._factor(seen) if seen is not None else None
        if seen is None or one is None:
            return
        items = [Item(_NEW_THEME, "a new theme", "")]
        items += [
            Item(str(each.name), str(each.name), phrases.count(each.factors, "factor")) for each in seen.view.themes
        ]
        items += [Item("", "no theme", "")] if one.theme_id else []

        def chosen(name: str | None) -> None:
            if name == _NEW_THEME:
                self.app.push_screen(self._new_theme(one))
            elif name is not None:
                self.run(self.change(self._edit(one, wire_records.EditFactor(theme=str(name))), "✓ theme kept"))

        self.app.push_screen(Picker("Which theme?", items, "a theme"), chosen)

    def _new_theme(self, one: wire_records.Factor) -> Form:
        async def send(values: Values) -> str:
            return await self.sent(self._edit(one, wire_records.EditFactor(theme=values["theme"])))

        field = Field(name="theme", label="Theme", hint="two or three words, of use for other incidents")
        effects = ("factors of other incidents can be put under it, too",)
        return Form(
            self.tui, Plan(title="A new theme", verb="make", fields=(field,), effects=lambda _: effects, send=send)
        )

    # ------------------------------------------------------------------ taken back
    def do_withdraw(self) -> None:
        seen = self.seen()
        if seen is None:
            return
        idea = rows.parking_lot.idea(seen, self.key_here()) if seen.step == Step.PARKING_LOT else None
        found = self._withdrawal(seen)
        if idea is not None:
            self.app.push_screen(self._drop(idea))
        elif found is not None:
            self.confirm("Take it back", "take back", [f"nobody reads it any more: {found[0]}"], found[1])

    def _withdrawal(self, seen: rows.Seen) -> tuple[str, Callable[[], Awaitable[object]]] | None:
        """What the viewer wrote under the cursor, and the call that takes it back; None where that is nothing."""
        client, number = self.tui.acts.client, self.incident_id
        if (account := self._account(seen)) is not None and account.mine:
            return f"your account: {account.text or account.saw}", lambda: client.withdraw_account(number, account.id)
        if (one := self._factor(seen)) is not None and one.mine:
            return str(one.text), lambda: client.withdraw_factor(number, one.id)
        learning = rows.learnings.learning(seen, self.key_here()) if seen.step == Step.LEARNINGS else None
        if learning is not None and learning.mine:
            return str(learning.text), lambda: client.withdraw_learning(number, learning.id)
        return None

    def _drop(self, idea: wire_records.Idea) -> Form:
        async def send(values: Values) -> str:
            body = wire_records.DropIdea(why=values["why"])
            return await self.sent(self.tui.acts.client.drop_idea(self.incident_id, idea.id, body))

        field = Field(name="why", label="Why nothing becomes of it", hint="it stays readable, with this reason")
        plan = Plan(title="Drop the idea", verb="drop", fields=(field,), effects=lambda _: [str(idea.text)], send=send)
        return Form(self.tui, plan)
