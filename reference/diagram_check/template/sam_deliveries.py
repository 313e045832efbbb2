"""Wirings that SAM makes by itself: events of functions, function URLs, connectors.

SAM creates the permissions of these, so nothing can be missing for them.
"""

from collections.abc import Iterator

from diagram_check.template.implicit_apis import api_of
from diagram_check.template.references import Value, references
from diagram_check.template.sam_template import Template
from diagram_check.template.wiring import OUTSIDE, Wiring

# Events whose source is no resource: EventBridge's default bus, and its Scheduler.
_SERVICES = {
    "CloudWatchEvent": "aws:events",
    "EventBridgeRule": "aws:events",
    "Schedule": "aws:events",
    "ScheduleV2": "aws:scheduler",
}


def sam_deliveries(template: Template) -> Iterator[Wiring]:
    """What SAM delivers to functions and state machines, and what its connectors allow."""
    for it in template.of_type("AWS::Serverless::Function", "AWS::Serverless::StateMachine"):
        for name, event in (it.properties.get("Events") or {}).items():
            place = template.place(it.name, "Events", name)
            api = api_of(event)
            sources = {api} if api else references(event.get("Properties"))
            service = _SERVICES.get(event.get("Type", ""), "")
            for source in sorted(sources & template.resources.keys()):
                if api:
                    yield Wiring(OUTSIDE, source, "request", (place,))
                if template.resources[source].type != "AWS::SQS::Queue" or not service:
                    yield Wiring(source, it.name, "request" if api else "event", (place,))
            if service and not references((event.get("Properties") or {}).get("EventBusName")):
                yield Wiring(service, it.name, "event", (place,))
        if "FunctionUrlConfig" in it.properties:
            place = template.place(it.name, "FunctionUrlConfig")
            yield Wiring(OUTSIDE, it.name, "request", (place,))
    for it in template.of_type("AWS::Serverless::Connector"):
        yield from _connected(template, it.name)


def _connected(template: Template, name: str) -> Iterator[Wiring]:
    its = template.resources[name].properties
    place, allowed = template.place(name, "Permissions"), its.get("Permissions") or ()
    given = its.get("Destination")
    for source in _ids(its.get("Source")):
        for end in given if isinstance(given, list) else [given]:
            for target in _ids(end):
                if "Read" in allowed:
                    yield Wiring(target, source, "read", (place,))
                if "Write" in allowed:
                    yield Wiring(source, target, "write", (place,))


def _ids(end: Value) -> list[str]:
    return [end["Id"]] if isinstance(end, dict) and "Id" in end else []
