"""All quotas and prices by name, including those of `facts`.

The ones defined here are for pages and the pattern catalogue; the planner doesn't use them.
"""

from collections.abc import Mapping
from decimal import Decimal
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from lab.plan import bill_facts, facts
from lab.plan.facts import Fact

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "B": f"botocore's service model {version('botocore')}, as installed here",
        "D": "AWS documentation, a stored copy without a date of its own, read then",
        "W": "a dated web page",
        "M": "measured or computed for this workshop",
        "A": "an assumption of ours",
        "U": "unverified: from memory",
    }
)

_READ = "2026-11-23"
_MODEL = "2026-11-17"

_OWN: dict[str, Fact[Any]] = {
    "API_PAYLOAD": Fact(10, "MB", "D", _READ, "largest request of an API Gateway HTTP API"),
    "API_TIMEOUT": Fact(30, "s", "D", _READ, "an HTTP API waits so long; neither can be raised"),
    "LAMBDA_PAYLOAD": Fact(6, "MB", "B", _MODEL, "largest synchronous Lambda request or answer"),
    "LAMBDA_ASYNC_PAYLOAD": Fact(1, "MB", "B", _MODEL, "largest asynchronous Lambda request"),
    "SINGLE_PUT": Fact(5, "GB", "U", _READ, "largest single upload to S3"),
    "QUEUE_RETENTION_LOW": Fact(60, "s", "B", _MODEL, "least retention of a queue"),
    "QUEUE_MESSAGE": Fact(1, "MiB", "B", _MODEL, "largest SQS message, and largest batch of ten"),
    "QUEUE_LONG_POLL": Fact(20, "s", "B", _MODEL, "longest wait of one SQS receive"),
    "QUEUE_VISIBILITY": Fact(12, "h", "B", _MODEL, "longest visibility timeout"),
    "QUEUE_IN_FLIGHT": Fact(120_000, "messages", "B", _MODEL, "about so many in flight, a queue"),
    "QUEUE_RECEIVES": Fact(5, "receives", "D", _READ, "least maxReceiveCount that AWS advises"),
    "TOPIC_MESSAGE": Fact(256, "KiB", "B", _MODEL, "largest SNS message; 1 MiB by an attribute"),
    "BUS_REQUEST": Fact(1, "MB", "B", _MODEL, "largest PutEvents request, of 10 entries at most"),
    "STREAM_RECORD": Fact(1, "MiB", "B", _MODEL, "largest Kinesis record; 10 MiB by choice"),
    "SHARD_IN": Fact(1, "MB/s", "D", _READ, "what a Kinesis shard takes"),
    "DESTINATION_TIMEOUT": Fact(5, "s", "D", _READ, "an EventBridge API destination waits so long"),
    "MAPPING_BATCH": Fact(
        10_000, "messages", "B", _MODEL, "most that a mapping hands over; FIFO 10"
    ),
    "MAPPING_WINDOW": Fact(300, "s", "B", _MODEL, "longest batching window"),
    "PACKAGE_UNZIPPED": Fact(250, "MB", "D", _READ, "largest ZIP package, unzipped"),
    "IMAGE": Fact(10, "GB", "D", _READ, "largest container image"),
    "MEMORY_MOST": Fact(10_240, "MB", "D", _READ, "most memory of a function"),
    "TIMEOUT_MOST": Fact(900, "s", "D", _READ, "longest timeout of a function"),
    "FIFO_CALL": Fact(Decimal("0.0000005"), "USD", "W", "2026-03", "a FIFO SQS call, $0.50/M"),
    "PIPE_REQUEST": Fact(
        Decimal("0.0000004"), "USD", "W", "2026-03", "an EventBridge Pipe, $0.40/M"
    ),
    "DESTINATION_CALL": Fact(
        Decimal("0.0000002"), "USD", "W", "2026-03", "an API destination call, $0.20/M"
    ),
    "PROXY_HOUR": Fact(Decimal("0.015"), "USD/vCPU-h", "U", _READ, "RDS Proxy"),
    "PROXY_BORROW": Fact(120, "s", "B", _MODEL, "RDS Proxy lets a client wait so long; 0 to 300"),
    "PROXY_POOL": Fact(100, "%", "B", _MODEL, "of max_connections, RDS Proxy's largest pool"),
    "PROXY_IDLE": Fact(1800, "s", "D", _READ, "RDS Proxy closes a client idle for so long"),
    "VPN_HOUR": Fact(Decimal("0.05"), "USD/h", "U", _READ, "a site-to-site VPN connection"),
}

_PLANNED: dict[str, Fact[Any]] = {
    name: value
    for name, value in (vars(facts) | vars(bill_facts)).items()
    if isinstance(value, Fact)
}

BY_NAME: Mapping[str, Fact[Any]] = MappingProxyType(_OWN | _PLANNED)
