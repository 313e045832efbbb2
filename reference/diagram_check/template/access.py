"""Wirings by code with IAM rights: it reads a table, sends to a queue."""

import functools
from collections.abc import Iterator

from diagram_check.template.grants import FUNCTIONS, Grant, grants, knows_rights
from diagram_check.template.references import OWN_NAMES, Value, references
from diagram_check.template.sam_template import Place, Template
from diagram_check.template.wiring import Wiring

_POLLED = {"sqs:ReceiveMessage", "kinesis:GetRecords", "kinesis:GetShardIterator"}


def accesses(template: Template) -> Iterator[Wiring]:
    """Reads and writes that policies allow, and those that settings imply but no policy allows."""
    allowed = grants(template)
    for grant in allowed:
        its = template.resources[grant.target].type if grant.target in template else ""
        if its and not grant.applies_to(its):
            missing = f"{grant.action} means nothing for {grant.target} ({its})"
            yield Wiring(grant.who, grant.target, "write", (grant.place,), missing)
            continue
        function = template.resources.get(grant.who)
        runs_code = function is not None and function.type in FUNCTIONS
        setting = _own_settings(template, grant.who).get(grant.target)
        # Lambda receives through an event source mapping; the right alone delivers nothing. Code
        # that is told where the queue is asks by itself.
        if runs_code and grant.action in _POLLED and not setting:
            continue
        missing = _missing_right(template, grant, allowed)
        if runs_code and not missing and not _has_address(template, grant):
            missing = f"no setting and no event tells {grant.who} where {grant.target} is"
        places = (grant.place, setting) if setting else (grant.place,)
        if grant.moves in ("read", "both"):
            yield Wiring(grant.target, grant.who, "read", places, missing)
        if grant.moves in ("write", "both"):
            yield Wiring(grant.who, grant.target, "write", places, missing)
    for function in template.of_type(*FUNCTIONS):
        named = _own_settings(template, function.name)
        granted = {it.target for it in allowed if it.who == function.name and it.moves}
        for target in sorted(named.keys() - granted):
            missing = f"{function.name} is told where {target} is, and no policy lets it in"
            missing = missing if knows_rights(template, function) else ""
            yield Wiring(function.name, target, "write", (named[target],), missing)


def _missing_right(template: Template, grant: Grant, allowed: tuple[Grant, ...]) -> str:
    """What is missing for a right to be of use; "" if nothing."""
    if grant.action != "sqs:ReceiveMessage":
        return ""
    beside = {it.action for it in allowed if (it.who, it.target) == (grant.who, grant.target)}
    # Inspecting a dead-letter queue needs no right to delete from it.
    dead_letters = {
        target
        for it in template.of_type("AWS::SQS::Queue")
        for target in references(it.properties.get("RedrivePolicy"))
    }
    if "sqs:DeleteMessage" in beside or grant.target in dead_letters:
        return ""
    place = f"{template.shown_as}:{grant.place.line}"
    return f"{grant.who} may receive from {grant.target} and not delete: {place}"


@functools.lru_cache(maxsize=64)
def _settings_naming(template: Template, who: str) -> dict[str, Place]:
    """The resources that a function's environment names, with the place of each."""
    if who not in template:
        return {}
    variables = template.resources[who].properties.get("Environment", {}).get("Variables", {})
    return {
        target: template.place(who, "Environment", "Variables", name)
        for name, value in variables.items()
        for target in sorted(references(value) | _called(template, value))
    }


def _called(template: Template, value: Value) -> set[str]:
    """The resources whose own name is that text."""
    if not isinstance(value, str):
        return set()
    return {
        name
        for name, it in template.resources.items()
        if value in [it.properties.get(key) for key in OWN_NAMES if key in it.properties]
    }


def _own_settings(template: Template, who: str) -> dict[str, Place]:
    """Those of the function's own settings: a shared one (`Globals`) may not be used by it."""
    own = (who, "Properties", "Environment", "Variables")
    return {
        target: place
        for target, place in _settings_naming(template, who).items()
        if target in template and (*own, place.path.split(".")[-1]) in template.lines
    }


def _has_address(template: Template, grant: Grant) -> bool:
    """Whether a function learns the target from its settings, or from the events it gets."""
    if grant.target.startswith("aws:") or grant.target in _settings_naming(template, grant.who):
        return True
    sources = {
        source
        for it in template.of_type("AWS::Lambda::EventSourceMapping")
        if grant.who in references(it.properties.get("FunctionName"))
        for source in sorted(references(it.properties.get("EventSourceArn")))
    } | references(template.resources[grant.who].properties.get("Events"))
    notifies = references(
        template.resources[grant.target].properties.get("NotificationConfiguration")
    )
    return grant.target in sources or grant.who in notifies
