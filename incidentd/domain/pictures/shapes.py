"""The signs of cases in an SVG picture, each around the point 0,0: the worse a severity, the more ink."""

from __future__ import annotations

SIZE = 15
"""User units that a sign takes with what is left free around it."""


def shape(style: str) -> str:
    """The sign of a case by its style: kept, missed, sev1 to sev5, unrated."""
    match style:
        case "sev1":
            return '<path class="sev1 ground-stroke" d="M0,-8 L8,0 L0,8 L-8,0 Z"/>'
        case "sev2":
            return '<circle class="sev2 ground-stroke" r="6"/>'
        case "sev3":
            half = '<path class="sev3" d="M0,-5 A5,5 0 0 0 0,5 Z"/>'
            return f'<circle class="ground sev3-stroke" r="5" stroke-width="1.6"/>{half}'
        case "sev4":
            return '<circle class="ground sev4-stroke" r="4.4" stroke-width="1.6"/>'
        case "sev5":
            return '<circle class="sev5" r="2.4"/>'
        case "kept":
            return '<rect class="kept kept-stroke" x="-6" y="-6" width="12" height="12" stroke-width="1.5"/>'
        case "missed":
            return '<rect class="ground missed-stroke" x="-6" y="-6" width="12" height="12" stroke-width="1.5"/>'
        case _:
            return '<rect class="ground unrated-stroke" x="-4" y="-4" width="8" height="8" stroke-width="1.6"/>'
