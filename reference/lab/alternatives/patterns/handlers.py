"""The read stage behind a topic, a bus and a stream: a few lines each, the same stage in all.

Behind a queue it is the core's own entrypoint, `receipts.handlers.read`. A queue tells how often
a message was received, so the reader can give up in time and say why. These services don't: what
fails is raised to the service, which tries again and at last gives up in the way of its template.
"""

import base64
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import json

from receipts.dead_letters import set_aside
from receipts.errors import UnknownMessageError
from receipts.handlers import wiring
from receipts.messages import ReceiptMessage, decode
from receipts.read_receipt import read_receipt

Settings = wiring.ReadSettings

logger = Logger(service="read")


def read(body: str) -> None:
    """Read what one message tells of. What is not ours is set aside: no retry mends it."""
    reader = wiring.reader()
    try:
        message = decode(body, ReceiptMessage)
    except UnknownMessageError as error:
        set_aside(
            body,
            str(error),
            None,
            dead_letters=reader.dead_letters,
            ledger=reader.ledger,
            clock=wiring.utc_now,
        )
        logger.warning("given up", reason=str(error))
        return
    state = read_receipt(
        message,
        objects=reader.objects,
        seen=reader.seen,
        ledger=reader.ledger,
        queue=reader.queue,
        engine=reader.engine,
        limit_s=reader.limit_s,
        clock=wiring.utc_now,
    )
    logger.info("read", receipt_id=message.receipt_id, state=state)


# --8<-- [start:topic]
def topic(event: dict[str, Any], context: LambdaContext) -> None:
    """SNS event: one record. What is raised, Lambda's asynchronous queue tries again."""
    del context
    for record in event["Records"]:
        read(record["Sns"]["Message"])


# --8<-- [end:topic]


# --8<-- [start:bus]
def bus(event: dict[str, Any], context: LambdaContext) -> None:
    """EventBridge event: its detail is the message itself. Tried again as behind a topic."""
    del context
    read(json.encode(event["detail"]).decode())


# --8<-- [end:bus]


# --8<-- [start:stream]
def stream(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Kinesis event, in order. The first that fails is where the mapping goes on from."""
    del context
    for record in event["Records"]:
        try:
            read(base64.b64decode(record["kinesis"]["data"]).decode())
        except Exception:
            logger.exception("not read, comes again with all behind it")
            sequence = record["kinesis"]["sequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": sequence}]}
    return {"batchItemFailures": []}


# --8<-- [end:stream]
