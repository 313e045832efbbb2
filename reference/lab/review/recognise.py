"""Recognises in a drawing what the review asks for; what a drawing can't say stays unanswered."""

import re
from collections.abc import Iterator

from lab.review.drawn import NOT_JUDGED, Drawing, Node

READ = r"read|ocr|extract|textract|process|recogni"
ENDPOINTS = {"pipes": "pipes", "sns": "sns_https", "custom bus": "bus_subscriber"}
PULLED = {
    "sqs": "agent",
    "kinesis": "consumer_group",
    "s3": "nightly_file",
    "Amazon MQ": "agent",
    "Amazon MSK": "consumer_group",
    "Kafka": "consumer_group",
}
"""Who asks for what lies there, on the client's premises."""
MAPPED = frozenset({"kinesis", "Amazon MQ", "Amazon MSK", "Kafka"})
"""What hands its messages to a function by a mapping; an SQS queue may be the readers' own."""
SERVICES = dict.fromkeys(NOT_JUDGED.values(), "other") | {
    "dms": "replication",
    "container": "container",
}
SHARED = {
    "pooler": (("role_limit", "pooler"), ("writer", "reader_pooled")),
    "rds proxy": (("writer", "rds_proxy"),),
}
"""What stands between the readers and the database, and what it says."""
WAITS = {
    "sqs": "sqs",
    "kinesis": "kinesis",
    "custom bus": "bus_custom",
    "bus": "bus_classic",
    "sns": "sns",
    "s3": "files",
    "Amazon MQ": "other",
    "Amazon MSK": "other",
    "Kafka": "other",
}
FANOUT = {"sqs": "sqs", "kinesis": "kinesis", "bus": "bus", "custom bus": "bus", "sns": "sns"}
Found = Iterator[tuple[str, str]]


def recognise(drawing: Drawing) -> dict[str, str]:
    """The answers that the drawing gives, with those of its comments, which come first."""
    found: dict[str, str] = {}
    database = _database(drawing)
    writer = _writer(drawing, database) if database else None
    for name, answer in (
        *_storing(drawing, database, writer),
        *_reading(drawing, writer),
        *_numbers(drawing),
    ):
        if name != "way" or (database and database.on_premises):
            found.setdefault(name, answer)
    return found | drawing.comments


def _database(drawing: Drawing) -> Node | None:
    all_of_them = [it for it in drawing.nodes.values() if it.kind == "database"]
    ours = [it for it in all_of_them if it.on_premises] or all_of_them
    return next((it for it in ours if drawing.before(it)), ours[0] if ours else None)


def _writer(drawing: Drawing, database: Node) -> Node | None:
    """What has an arrow to the database, and AWS behind it: not the client's own app."""
    for one in drawing.before(database):
        behind = [*drawing.upstream(one), *drawing.beside(one)]
        if not one.on_premises or any(not it.on_premises and it.kind != "person" for it in behind):
            return one
    return None


def _storing(drawing: Drawing, database: Node | None, writer: Node | None) -> Found:
    if database is None or writer is None:
        return
    carried = [it.kind for it in drawing.carriers(writer, database)]
    if writer.kind in SHARED:
        yield from SHARED[writer.kind]
        yield "way", "tunnel"
        yield from _direct(drawing, (drawing.before(writer) or [writer])[0])
    elif writer.on_premises:
        yield from _on_premises(drawing, writer)
    elif writer.kind in SERVICES:
        yield from _service(drawing, writer)
        if "network" in carried or writer.kind not in NOT_JUDGED.values():
            yield "way", "tunnel"
    elif writer.kind in ENDPOINTS or writer.kind == "bus":
        yield "writer", ENDPOINTS.get(writer.kind, "api_destination")
        yield "way", "private_endpoint" if "private" in carried else "public_endpoint"
    elif writer.kind == "lambda":
        yield "way", "tunnel"
        yield from _function(drawing, writer)
    if any(it.kind == "secret" for it in drawing.beside(writer)):
        yield "password", "secret"


def _service(drawing: Drawing, writer: Node) -> Found:
    """What is neither a function nor at the client. A container that reads photos stays open."""
    if writer.kind == "container" and writer.says(READ):
        return
    yield "writer", SERVICES[writer.kind]
    yield from _waiting([it for it in drawing.beside(writer) if not _dlq(it)])


def _on_premises(drawing: Drawing, writer: Node) -> Found:
    """An agent, consumers or a loader, which ask; or an endpoint, which is called."""
    yield "password", "premises"
    for one in drawing.beside(writer):
        if one.kind == "api" and not one.on_premises:
            yield "writer", "client_app"
            yield "way", "outbound"
            yield from _waiting([it for it in drawing.beside(one) if it.kind == "s3"])
            return
        if one.on_premises or one.kind not in {*WAITS, *ENDPOINTS}:
            continue
        between = drawing.carriers(one, writer)
        if one.kind in PULLED:
            yield "writer", PULLED[one.kind]
            yield "way", "outbound"
            yield from _waiting([one])
            return
        private = any(it.kind == "private" or it.says("private|vpn|direct") for it in between)
        yield "way", "private_endpoint" if private or writer.says("private") else "public_endpoint"
        yield "writer", ENDPOINTS.get(one.kind, "api_destination")
        yield from _waiting([one] if one.kind != "pipes" else drawing.before(one))
        return


def _function(drawing: Drawing, writer: Node) -> Found:
    """A function: on a queue, on a schedule, or the reader itself."""
    before = drawing.before(writer)
    queue = next((it for it in drawing.beside(writer) if it.kind == "sqs" and not _dlq(it)), None)
    if any(it.kind == "scheduler" or it.says(r"schedule|cron|every minute") for it in before):
        yield "writer", "scheduled"
        yield from _waiting([queue] if queue else [])
    elif stream := next((it for it in before if it.kind in MAPPED), None):
        yield "writer", "mapping"
        yield from _waiting([stream])
    elif queue in before and queue and _readers(drawing, queue):
        yield "writer", "reserved" if writer.says("reserved") else "mapping"
        yield from _waiting([queue])
    elif not queue and any(it.kind == "table" for it in before):
        yield "writer", "mapping"  # on the table's stream, which is none of the places known here
    else:
        yield "writer", "reader"
        yield from _direct(drawing, writer)


def _direct(drawing: Drawing, reader: Node) -> Found:
    """Who reads writes: its photo waits on the queue before it, or in the workflow around it."""
    if any(it.kind == "step functions" for it in drawing.upstream(reader)):
        yield "waits", "workflow"
        return
    queued = any(it.kind == "sqs" and not _dlq(it) for it in drawing.before(reader))
    yield "waits", "receipt_queue" if queued else "nowhere"


def _waiting(places: list[Node]) -> Found:
    for one in places:
        if one.kind in WAITS:
            if not (one.kind == "sqs" and one.says("fifo")):
                yield "waits", WAITS[one.kind]
            elif one.says("(one|single|1) (message )?group"):  # of how many else is not said
                yield "waits", "fifo_one"
            if days := re.search(r"(\d+) ?days", one.label):
                yield "retention_days", days[1]


def _readers(drawing: Drawing, queue: Node) -> bool:
    """Whether something before the queue reads photos."""
    before = drawing.upstream(queue)
    return any(it.says(READ) or it.kind == "step functions" for it in before)


def _dlq(node: Node) -> bool:
    return node.says(r"dlq|dead")


def _reading(drawing: Drawing, writer: Node | None) -> Found:
    nodes = list(drawing.nodes.values())
    stores = [it for it in nodes if it.kind == "s3" and any(_sender(b) for b in drawing.before(it))]
    sent = " ".join(e.label for e in drawing.edges if _sender(drawing.nodes[e.source]))
    if stores:
        each = re.search(r"each|photos|images", f"{sent} {stores[0].label}", re.IGNORECASE)
        zipped = re.search(r"zip|archive", f"{sent} {stores[0].label}", re.IGNORECASE)
        yield "intake", "presigned_each" if each and not zipped else "presigned_zip"
    elif any(it.kind == "api" and any(_sender(b) for b in drawing.before(it)) for it in nodes):
        if re.search(r"each|\b(a|one) (photo|image|receipt)", sent, re.IGNORECASE):
            yield "intake", "each_request"
        elif re.search(r"photos|images|receipts|zip|batch", sent, re.IGNORECASE):
            yield "intake", "in_request"
    yield from _cutting(drawing, writer)
    for node in nodes:
        if node.kind == "table" and node.says(r"count"):
            yield "counter", "plus_one"
        if (
            node.kind == "lambda"
            and node.says(READ)
            and node.says(r"\d+ at once|max\w* \d+|up to \d+")
        ):
            yield "reader_limit", "number"


def _sender(node: Node) -> bool:
    return node.kind == "person" or (node.kind == "api" and node.says("presign"))


def _cutting(drawing: Drawing, writer: Node | None) -> Found:
    if any(it.kind == "step functions" and it.says("map") for it in drawing.nodes.values()):
        yield "cutter", "distributed_map"
        return
    yield from _events(drawing)
    for node in drawing.nodes.values():
        if node.kind == "lambda" and node != writer and not node.says(READ):
            carriers = [it for it in drawing.after(node) if it.kind in FANOUT and not _dlq(it)]
            if carriers and any(it.kind == "s3" for it in drawing.before(node)):
                yield "cutter", "splitter"
                yield "fanout", FANOUT[carriers[0].kind]
        if node.kind == "lambda" and node.says("all|loop"):
            kinds = {it.kind for it in drawing.before(node)}
            if kinds & {"s3", "api"} and not kinds & {*FANOUT}:
                yield "cutter", "one_function"


def _events(drawing: Drawing) -> Found:
    """What S3 tells of each object: to a queue or topic, or to the function that reads it."""
    for store in (it for it in drawing.nodes.values() if it.kind == "s3"):
        for after in drawing.after(store):
            if after.kind in FANOUT and not after.on_premises and drawing.after(after):
                yield "cutter", "s3_events"
                yield "fanout", FANOUT[after.kind]
            if after.kind == "lambda" and after.says(READ) and store.says("photo|image"):
                yield "cutter", "s3_events"
                yield "fanout", "direct"


def _numbers(drawing: Drawing) -> Found:
    words = " ".join(
        [*(it.label for it in drawing.nodes.values()), *(e.label for e in drawing.edges)]
    )
    if rate := re.search(r"(\d+(?:\.\d+)?) rows/s", words):
        yield "rate", rate[1]
    if tries := re.search(r"(\d+) (?:receives|tries)", words):
        yield "tries", tries[1]
