"""Plants a fault in a template: one property set, or taken away."""

import copy
from typing import Any

from helpers.template_parts import Template

ABSENT = object()


def mutated(place: str, value: Any, template: Template) -> Template:
    """The template with one property set, or taken away; with no path, all its properties."""
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
