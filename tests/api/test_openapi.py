"""The OpenAPI document is valid, complete, and true: requests made from it get what it promises."""

from __future__ import annotations

import asyncio
import copy
import json
import re
import subprocess
import sys
from urllib.parse import unquote, urlencode

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from incidentd import unixsocket, wire
from incidentd.api import openapi
from incidentd.api.route import Route
from incidentd.api.routes import ROUTES

BY_OPERATION = {route.handler.__name__: route for route in ROUTES}
# what the services decide (days: who was not asked so late), or what JSON Schema cannot say (data: base64; a subject)
BEYOND_THE_SCHEMA = {"cursor", "label", "match", "service", "instance", "key", "to", "data", "days", "month", "subject"}


MANY = pytest.param(80, marks=(pytest.mark.faults, pytest.mark.timeout(300)))


@pytest.fixture(scope="module")
def document():
    return json.loads(bytes(openapi.encoded_document()))


@pytest.fixture(scope="module")
def operations(document):
    """What the document allows and forbids, found out once."""
    import schemathesis

    return schemathesis.openapi.from_dict(document)


def test_the_document_is_valid_openapi(document):
    from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR  # the OpenAPI Initiative's own schema

    OPENAPI_31_VALIDATOR.validate(document)
    broken = copy.deepcopy(document)
    broken["paths"]["/v1/info"]["get"]["responses"]["200"].pop("description")
    assert not OPENAPI_31_VALIDATOR.is_valid(broken), "the validator can find a fault"


def test_every_route_is_described(document):
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == {(route.method, route.path) for route in ROUTES}
    assert len(BY_OPERATION) == len(ROUTES), "operation ids are unique"


def test_every_reference_leads_somewhere(document):
    names = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))
    assert names == set(document["components"]["schemas"])
    assert {"Alert", "Problem", "Incident", "RaiseAlert", "Event"} <= names


def test_times_and_limits_are_described(document):
    schemas = document["components"]["schemas"]
    started = schemas["DeclareIncident"]["properties"]["started_at"]
    assert {"type": "string", "format": "date-time"} in started["anyOf"]
    assert schemas["DeclareIncident"]["additionalProperties"] is False
    assert schemas["Severity"]["enum"] == ["SEV1", "SEV2", "SEV3", "SEV4", "SEV5"]
    limit = next(p for p in document["paths"]["/v1/alerts"]["get"]["parameters"] if p["name"] == "limit")
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"], limit["schema"]["default"]) == (1, 1000, 100)


@pytest.mark.parametrize(
    "text", ["a b", "é\u4e2d", "\u200b", "\x85", "\x1c", "\ufeff", "\u2028", "\u3000", "\xa0", "\ue000"]
)
def test_patterns_mean_in_the_document_what_they_mean_to_the_daemon(document, text):
    """Their notation is that of ECMA-262 there: its white space is another one, and it has no \\Z."""
    from jsonschema_rs import Draft202012Validator

    [name] = [p["schema"] for p in document["paths"]["/v1/policies/{policy}"]["get"]["parameters"] if p["in"] == "path"]
    assert Draft202012Validator(name).is_valid(text) is text.isprintable()
    comment = document["components"]["schemas"]["SetSilence"]["properties"]["comment"]
    assert Draft202012Validator(comment).is_valid(text) is bool(text.strip())
    assert r"\Z" not in json.dumps(document)


async def test_the_served_document_is_this_one(api, document):
    answer = await api("GET", "/v1/openapi.json")
    assert answer.status == 200
    assert answer.json["paths"].keys() == document["paths"].keys()


def request_of(case) -> tuple[str, str, bytes, dict[str, str]]:
    """A generated case as bytes for the wire."""
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace("{" + name + "}", str(value))  # percent-encoded already
    if case.query:
        path += "?" + urlencode(case.query, doseq=True)
    if type(case.body).__name__ == "NotSet":
        body = b""
    else:
        body = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
    headers = {name: str(value) for name, value in (case.headers or {}).items()}
    return case.method.upper(), path, body, headers


def cases(operations, route: Route, mode: str):
    from schemathesis.generation.modes import GenerationMode

    return operations[route.path][route.method].as_strategy(generation_mode=GenerationMode[mode])


def checked(route: Route, method: str, path: str, answer: unixsocket.Response) -> wire.Problem | None:
    """The problem in an answer that the document allows."""
    assert answer.status < 500, (method, path, answer.body)
    if answer.status == route.status:
        if answer.headers.get("content-type", "").partition(";")[0] in route.documents:  # asked for by the query
            return None
        if route.answer is not None:
            msgspec.json.decode(answer.body, type=route.answer)
        return None
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = msgspec.json.decode(answer.body, type=wire.Problem)
    assert problem.status == answer.status
    assert problem.detail
    return problem


def explore(operations, path: str, route: Route, mode: str, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operations, route, mode))
    def run(case) -> None:
        method, target, body, headers = request_of(case)
        answer = unixsocket.request(path, method, target, body, headers)
        problem = checked(route, method, target, answer)
        if mode == "POSITIVE" and problem is not None and problem.status == 400:
            known = any(word in problem.detail for word in ("NUL", "far off", "got `float`"))  # 1.0 is an integer there
            assert known or problem.field in BEYOND_THE_SCHEMA or not unquote(target).isprintable(), (problem, body)

    run()


@pytest.mark.parametrize("examples", [5, MANY])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_what_the_document_allows_is_accepted(api, operations, route, examples):
    await asyncio.to_thread(explore, operations, str(api.path), route, "POSITIVE", examples)
    assert (await api("GET", "/v1/info")).status == 200


@pytest.mark.parametrize("examples", [5, MANY])
@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.mutates or route.query.__struct_fields__],
    ids=lambda route: f"{route.method} {route.path}",
)
async def test_what_the_document_forbids_is_survived(api, operations, route, examples):
    await asyncio.to_thread(explore, operations, str(api.path), route, "NEGATIVE", examples)
    assert (await api("GET", "/v1/info")).status == 200


def test_making_the_document_is_no_part_of_the_start():
    code = "import sys, incidentd.api.server; print('incidentd.api.openapi' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
