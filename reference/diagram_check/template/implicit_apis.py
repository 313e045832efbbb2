"""The APIs that SAM makes for events without one of their own."""

from collections.abc import Iterator, Mapping
from typing import Any

from diagram_check.template.references import references

# By the event's type: the property that names an API, SAM's id for the one that it makes, its type.
_APIS = {
    "Api": ("RestApiId", "ServerlessRestApi", "AWS::Serverless::Api"),
    "HttpApi": ("ApiId", "ServerlessHttpApi", "AWS::Serverless::HttpApi"),
}


def api_of(event: Mapping[str, Any]) -> str:
    """The logical id of the API that an event comes through; "" if it is no API's."""
    if event.get("Type") not in _APIS:
        return ""
    key, implicit, _ = _APIS[event["Type"]]
    named = references((event.get("Properties") or {}).get(key))
    return min(named) if named else implicit


def implicit_apis(document: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Id and type of each API that SAM makes, and the path of the first event that asks for it."""
    found: set[str] = set()
    for name, it in document["Resources"].items():
        events = (it.get("Properties") or {}).get("Events") if isinstance(it, dict) else None
        for event_name, event in events.items() if isinstance(events, dict) else ():
            api = api_of(event)
            if api in {implicit for _, implicit, _ in _APIS.values()} - found:
                found.add(api)
                path = ("Resources", name, "Properties", "Events", event_name)
                yield api, _APIS[event["Type"]][2], path
