"""What a policy says, and that its dry run is what really happens."""

from datetime import timedelta

import pytest

from incidentd.domain.routing import Route
from incidentd.services.errors import Invalid, NotFound
from incidentd.wire import RaisePage

MINUTE = timedelta(minutes=1)


async def test_the_dry_run_says_who_is_really_called_and_when(daemon):
    planned = await daemon.core.policies.test("default")
    assert planned.ends_at is not None
    began = daemon.clock.now()
    await daemon.core.pages.raise_page(RaisePage(title="x", service="shop"), "ada")
    await daemon.advance(planned.ends_at - began)
    really = [(one.due_at, one.person, one.notifier) for one in await daemon.deliveries()]
    assert sorted(really) == sorted((c.at, c.person, c.notifier) for step in planned.steps for c in step.calls)
    events = await daemon.events("page.step")
    assert [(e.at, e.data["step"], e.data["round"]) for e in events] == [
        (step.at, step.step, step.round) for step in planned.steps
    ]
    assert (await daemon.page()).state == "exhausted"
    assert (await daemon.events("page.exhausted"))[0].at == planned.ends_at


async def test_a_policy_is_shown_with_what_goes_by_it(daemon):
    daemon.route(routes=(Route(id="root/0", name="nightly", policy="web"), Route(id="root/1", policy="web")))
    one = await daemon.core.policies.get("web")
    assert (one.services, one.routes, one.lasts) == (("web",), ("nightly", "root/1"), 600.0)
    assert [(t.kind, t.name, t.now) for t in one.steps[0].targets] == [("person", "sam", ("sam",))]
    assert [p.name for p in (await daemon.core.policies.list()).policies] == ["default", "web"]


async def test_what_there_is_not_is_said(daemon):
    with pytest.raises(NotFound, match="there is no policy 'x'"):
        await daemon.core.policies.get("x")
    with pytest.raises(NotFound, match="there is no policy 'x'"):
        await daemon.core.policies.test("x")
    with pytest.raises(Invalid, match="urgency is one of high, low"):
        await daemon.core.policies.test("web", urgency="soon")
