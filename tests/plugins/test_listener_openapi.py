"""What the listener's OpenAPI document promises is so: requests made from it, to a real listener with every plugin."""

import asyncio
import http.client
import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from incidentd import wire
from incidentd.ingress.metrics import Metrics
from incidentd.ingress.openapi import document
from incidentd.ingress.own_routes import OWN_ROUTES
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.server import Ingress, mounts
from incidentd.plugin.testing import FakeClock

DOCS = Path(__file__).parents[2] / "docs"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
MANY = pytest.param(60, marks=(pytest.mark.faults, pytest.mark.timeout(900)))


class Links:
    """One page that waits."""

    async def describe(self, token):
        view = SimpleNamespace(title="disk", person="ada", state="open", acknowledged_by="", kind="page")
        return view if token == "good" else None

    acknowledge = describe


@pytest.fixture
async def served():
    """The listener with every built-in plugin, and what is mounted on it."""
    sys.path.insert(0, str(DOCS))
    try:
        mounted = importlib.import_module("listener_openapi").mounted()
    finally:
        sys.path.remove(str(DOCS))
    ingress = Ingress(clock=FakeClock(), links=Links(), metrics=Metrics("1.2.3"), buckets=Buckets(0, 1), at_once=8)
    assert ingress.mount(mounted) == []
    ingress.ready = True
    await ingress.start([("127.0.0.1", 0)])
    yield ingress, document(wire.API_VERSION, mounts(mounted))
    await ingress.close()


def request(ingress, method, path, body=None, headers=()):
    host, port = ingress.addresses[0]
    connection = http.client.HTTPConnection(host, port, timeout=20)
    try:
        connection.request(method.upper(), path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.headers.get_content_type(), answer.read()
    finally:
        connection.close()


def explore(ingress, described, operation, path, method, examples):
    from schemathesis.generation.modes import GenerationMode

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def run(case):
        target = path
        for name, value in (case.path_parameters or {}).items():
            target = target.replace("{" + name + "}", str(value))
        body = None if type(case.body).__name__ == "NotSet" else case.body
        form = case.media_type == "application/x-www-form-urlencoded"
        data = body if isinstance(body, bytes) or body is None else (str(body) if form else json.dumps(body)).encode()
        status, kind, content = request(
            ingress, method, target, data, {"Content-Type": case.media_type or "text/plain"}
        )
        answers = described["paths"][path][method]["responses"]
        allowed = answers.get(str(status)) or answers.get(f"{status // 100}XX")
        assert allowed is not None, (method, target, data, status, content)
        if "content" in allowed:
            assert kind in allowed["content"], (method, target, status, kind)
            assert kind != "application/json" or method == "head" or json.loads(content)["status"] == "error"

    run()


@pytest.mark.parametrize("examples", [1, MANY])
async def test_requests_made_from_the_document_get_what_it_promises(served, examples):
    import schemathesis

    ingress, described = served
    operations = schemathesis.openapi.from_dict(described)
    for path, methods in described["paths"].items():
        for method in methods:
            await asyncio.to_thread(explore, ingress, described, operations[path][method], path, method, examples)


async def test_what_it_does_not_name_is_not_served(served):
    ingress, described = served
    for path, methods in described["paths"].items():
        plain = path.replace("{", "").replace("}", "")
        for method in set(METHODS) - set(methods):
            status, _, _ = await asyncio.to_thread(request, ingress, method, plain)
            assert status in (404, 405), (method, path, status)


async def test_it_is_valid_and_names_every_route_of_the_listener(served):
    from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

    _, described = served
    OPENAPI_31_VALIDATOR.validate(described)
    paths = [path.replace("{secret}", "") for path in described["paths"]]
    assert {route.path for route in OWN_ROUTES} <= set(paths)
    names = [one["operationId"] for methods in described["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))
