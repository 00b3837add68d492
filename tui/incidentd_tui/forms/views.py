"""Dialogs about saved views: saving the one that is shown, deleting one that others see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.wire import views as wire_views
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.model import Changes
from incidentd_tui.rows import inbox

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def save(tui: IncidentdApp, base: str, query: str, here: wire_views.View | None) -> Form:
    """Save a built-in view with a filter under a name."""
    bases = tuple((name, label) for name, label, _ in inbox.VIEWS)
    fields = (
        Field(name="name", label="Name", value=here.name if here else "", hint="what you will look for"),
        Field(name="base", label="Of", options=bases, value=base),
        Field(name="query", label="Filter", value=query, optional=True, hint="words, team=web, host=~db.*"),
        Field(
            name="shared",
            label="For",
            options=(("", "me"), ("yes", "everybody")),
            value="yes" if here and here.shared else "",
        ),
        Field(name="opens", label="Begin with it", options=(("", "no"), ("yes", "yes")), value=""),
    )

    def effects(values: Values) -> list[str]:
        taken = any(
            one.name == values["name"] and one.shared is bool(values["shared"]) for one in tui.model.views.views
        )
        whom = "everybody finds it under v" if values["shared"] else "you find it under v, on every machine"
        return [*(["the view of this name is replaced"] if taken else []), whom]

    async def send(values: Values) -> str:
        body = wire_views.SaveView(
            name=values["name"],
            query=values["query"],
            base=values["base"],  # type: ignore[arg-type]  # one of the options
            shared=bool(values["shared"]),
        )
        try:
            view = await tui.acts.gateway.ask(tui.acts.client.save_view(body))
            if values["opens"]:
                await tui.acts.client.open_with_view(f"view:{view.id}", pinned=True)
            await refresh(tui)
        except ClientError as error:
            return tui.acts.reason("", error)
        tui.say(f"✓ {view.name} saved: v finds it", "done")
        return ""

    return Form(tui, Plan(title="Save this view", verb="save", fields=fields, effects=effects, send=send))


async def refresh(tui: IncidentdApp) -> None:
    """Fetch the views again and show them."""
    tui.model.views = await tui.acts.gateway.ask(tui.acts.client.views())
    changes = Changes()
    changes.kinds = {"view"}
    tui.changed(changes)


def delete(tui: IncidentdApp, view: wire_views.View) -> None:
    """Delete a view; one that is everybody's asks first. It can be undone."""

    async def act(_: Values) -> str:
        try:
            kept = {one.id: one for one in (await tui.acts.client.views()).views}
            await tui.acts.client.delete_view(view.id)
            await refresh(tui)
        except ClientError as error:
            return tui.acts.reason("", error)
        if raw := kept.get(view.id):
            tui.acts.can_undo(f"view {view.name} deleted", lambda: back(raw))
        return ""

    async def back(raw: wire_views.View) -> wire_views.View | None:
        """Save it again as the daemon had it, which is not as it is shown."""
        body = wire_views.SaveView(name=raw.name, query=raw.query, base=raw.base, shared=raw.shared)  # type: ignore[arg-type]
        saved = await tui.acts.attempt("", tui.acts.client.save_view(body))
        await refresh(tui)
        return saved

    async def at_once() -> None:
        if fault := await act({}):
            tui.say(fault, "warning")

    if not view.shared:
        tui.run_worker(at_once(), exit_on_error=False)
        return
    effects = (f"nobody finds {view.name} under v any more", "can be undone for ten seconds")
    plan = Plan(
        title=f"Delete the shared view {view.name}", verb="delete", fields=(), effects=lambda _: effects, send=act
    )
    tui.push_screen(Form(tui, plan))
