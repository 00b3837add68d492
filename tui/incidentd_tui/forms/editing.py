"""Title, summary, status page. What is typed outlives the terminal, and meets in a merge view what others changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec
from textual.widgets import Input

from incidentd import wire
from incidentd.client import ApiError, ClientError
from incidentd.wire import incidents as wire_incidents
from incidentd_tui.forms.base import Field, Form, Plan, Unsettled, Values
from incidentd_tui.forms.merging import Collision, MergeForm, Texts
from incidentd_tui.inert import Shown, inert
from incidentd_tui.widgets.choice import Choice
from incidentd_tui.widgets.composer import Composer

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_LABELS = {"title": "Title", "summary": "Summary", "public_title": "To customers", "off_page": "Status page"}
_LINES = ("title", "public_title")
_MOST_TITLE = 250
_TRIES = 5


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A draft: what was typed, over what."""

    base: dict[str, str]
    typed: dict[str, str]


def _texts(incident: wire.Incident) -> dict[str, str]:
    """The fields as the dialog has them."""
    texts = {name: str(getattr(incident, name)) for name in ("title", "summary", "public_title")}
    return texts | {"off_page": "off" if incident.off_page else ""}


class EditForm(Form):
    """`_base` is what the user began with; only what they changed of it is sent."""

    def __init__(self, tui: IncidentdApp, incident: wire.Incident) -> None:
        self._number = incident.id
        self._base = _texts(incident)
        key = f"edit:{incident.id}"
        fields = (
            Field(name="title", label="Title", value=incident.title, multiline=True, draft=key),
            Field(name="summary", label="Summary", value=incident.summary, multiline=True, optional=True, draft=key),
            Field(
                name="public_title",
                label="To customers",
                value=incident.public_title,
                multiline=True,
                optional=True,
                draft=key,
                hint="its title on the status page, which never shows the one above",
            ),
            Field(
                name="off_page",
                label="Status page",
                options=(("", "what customers are told"), ("off", "keep this incident off it")),
                value="off" if incident.off_page else "",
            ),
        )
        plan = Plan(
            title=f"Edit INC-{incident.id}", verb="save", fields=fields, effects=self._effects, send=self._send_all
        )
        super().__init__(tui, plan)

    async def on_mount(self) -> None:
        await super().on_mount()
        self.set_interval(1.0, self._repaint)  # what others change meanwhile is said without a key

    # ------------------------------------------------------------------ what is typed
    def _widget(self, field: Field) -> Choice | Composer | Input:
        if not field.multiline:
            return super()._widget(field)
        return Composer(
            field.value,
            enter_sends=field.name in _LINES,
            save=self.saver(field),
            placeholder=field.hint,
            widget_id=field.name,
        )

    def saver(self, field: Field) -> Callable[[str], Awaitable[None]]:
        async def save(_: str) -> None:
            await self._keep(self.values)

        return save

    async def _keep(self, typed: Texts) -> None:
        kept = _Kept(base=self._base, typed={name: str(text) for name, text in typed.items()})
        text = msgspec.json.encode(kept).decode() if kept.typed != kept.base else ""
        await self._tui.acts.keep_draft(self.plan.fields[0].draft, text)

    async def _load_draft(self, field: Field) -> None:
        """What was typed before the terminal died; what it was typed over shows whether somebody was faster."""
        box = self.query_one(f"#{field.name}", Composer)
        try:
            kept = msgspec.json.decode(str(await self._tui.acts.draft(field.draft)), type=_Kept)
        except (msgspec.DecodeError, ValueError):
            return
        base, typed = (one.get(field.name, field.value) for one in (kept.base, kept.typed))
        if box.text == field.value and typed not in (base, field.value):
            self._base[field.name] = base
            box.text = typed
            self._tui.say("what you typed before is back", "quiet")

    def _effects(self, values: Values) -> list[str]:
        page = f"the status page calls it: {values['public_title']}" if values["public_title"] else ""
        shown = "no status page shows it" if values["off_page"] else page
        found = ["everybody sees the new title and summary", *([shown] if shown else [])]
        changed = [label for name, label in _LABELS.items() if self._theirs()[name] != self._base[name]]
        if changed:
            who = self._who()
            found.append(f"{who} changed {' and '.join(changed).lower()} meanwhile: saving compares the two")
        return found

    def _theirs(self) -> dict[str, str]:
        return _texts(self._tui.model.incidents[self._number])

    def _who(self) -> str:
        return self._tui.model.last_actor(f"incident:{self._number}") or "somebody"

    # ------------------------------------------------------------------ saving
    async def _send_all(self, values: Values) -> str:
        return await self._save(values)

    async def _save(self, typed: Texts) -> str:
        """Send what the user changed. Raises `Unsettled` where somebody else changed the same meanwhile."""
        wanted = {name: str(typed.get(name, self._base[name])) for name in _LABELS}
        wanted |= {name: " ".join(wanted[name].split())[:_MOST_TITLE] for name in _LINES}
        for _ in range(_TRIES):
            now = self._tui.model.incidents[self._number]
            theirs = _texts(now)
            mine = {name: text for name, text in wanted.items() if text != self._base[name]}
            if collided := [name for name in mine if theirs[name] not in (self._base[name], mine[name])]:
                raise Unsettled(self._merge(collided, wanted, theirs))
            try:
                return await self._edit(
                    {name: text for name, text in mine.items() if text != theirs[name]}, now.version
                )
            except ApiError as error:
                if error.status != 409 or error.problem.current is None:
                    return self._tui.acts.reason(f"incident:{self._number}", error)
                current = msgspec.convert(error.problem.current, wire.Incident, strict=False)
                self._tui.acts.take_incident(inert(current))
            except ClientError as error:
                return self._tui.acts.reason(f"incident:{self._number}", error)
        return "others change it all the time: try once more"

    async def _edit(self, edit: dict[str, str], version: int) -> str:
        """What undoing brings back is the raw text of the daemon, not what was made for the screen."""
        if not edit:
            return ""
        client, acts, number = self._tui.acts.client, self._tui.acts, self._number
        raw = (await client.incident(number)).incident
        values: dict[str, Any] = {name: text == "off" if name == "off_page" else text for name, text in edit.items()}
        body = wire_incidents.EditIncident(**values)
        acts.take_incident(await acts.gateway.ask(client.edit_incident(number, body, if_version=version)))
        back = wire_incidents.EditIncident(**{name: getattr(raw, name) for name in edit})
        acts.can_undo(f"INC-{number} edited", lambda: _edited_back(self._tui, number, back))
        return ""

    def _merge(self, collided: list[str], wanted: dict[str, str], theirs: dict[str, str]) -> MergeForm:
        who = self._who()
        collisions = [
            Collision(
                name=name, label=_LABELS[name], base=self._base[name], mine=wanted[name], theirs=theirs[name], who=who
            )
            for name in collided
        ]

        async def save(chosen: Texts) -> str:
            """What the others made of it was seen: it is the new base."""
            self._base |= {name: theirs[name] for name in collided}
            return await self._save(wanted | dict(chosen))

        async def keep(chosen: Texts) -> None:
            await self._keep(wanted | {name: str(text) for name, text in chosen.items()})

        return MergeForm(self._tui, f"{Shown(who)} changed INC-{self._number} too", collisions, save=save, keep=keep)


async def _edited_back(tui: IncidentdApp, number: int, back: wire_incidents.EditIncident) -> wire.Incident | None:
    answer = await tui.acts.attempt(f"incident:{number}", tui.acts.client.edit_incident(number, back))
    if answer is not None:
        tui.acts.take_incident(answer)
    return answer
