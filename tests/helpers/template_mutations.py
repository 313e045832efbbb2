"""Mutates a template: one property is set or removed."""

import copy
from typing import Any

from helpers.template_parts import Template

ABSENT = object()


def mutated(place: str, value: Any, template: Template) -> Template:
    """A copy with one property set or removed; with no path, all of a resource's properties."""
    template = copy.deepcopy(template)
    resource, *path = place.split(".")
    if not path:
        template["Resources"][resource]["Properties"] = value
        return template
    holder = template["Resources"][resource]["Properties"]
    steps: list[Any] = [int(step) if step.isdigit() else step for step in path]
    for step in steps[:-1]:
        holder = holder[step]
    if value is ABSENT:
        del holder[steps[-1]]
    else:
        holder[steps[-1]] = value
    return template
