"""The OpenAPI document of the listener with every built-in plugin, each with something to prove where it can ask."""

from __future__ import annotations

import json

import reference_authorisation

from incidentd import wire
from incidentd.ingress.openapi import document
from incidentd.ingress.server import mounts
from incidentd.pluginhost.host import Mounted


def mounted() -> list[Mounted]:
    """The routes of every built-in plugin, below its type's name; as its last example is configured."""
    routes = {(place, kind): made for place, kind, _, made, _ in reference_authorisation.placed_routes()}
    return [Mounted(kind, route, False, place) for (place, kind), made in routes.items() for route in made]


def page() -> str:
    """The document as JSON."""
    return json.dumps(document(wire.API_VERSION, mounts(mounted())), indent=1)
