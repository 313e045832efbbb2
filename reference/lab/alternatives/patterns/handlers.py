"""The read stage behind an SNS topic, an EventBridge bus and a Kinesis stream.

Behind a queue it is the receipts' own handler, `receipts.handlers.read`. A queue counts how often
a message was received, so the reader can set it aside in time, with a reason. These services don't
count: an error is raised to the service, which retries and gives up as its template says.
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
    """Read the receipt of one message. A foreign message is set aside: no retry would help."""
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
        logger.warning("set aside", reason=str(error))
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
        least=reader.least,
    )
    logger.info("read", receipt_id=message.receipt_id, state=state)


# --8<-- [start:topic]
def topic(event: dict[str, Any], context: LambdaContext) -> None:
    """SNS event with one record. After an error Lambda's asynchronous queue tries again."""
    del context
    for record in event["Records"]:
        read(record["Sns"]["Message"])


# --8<-- [end:topic]


# --8<-- [start:bus]
def bus(event: dict[str, Any], context: LambdaContext) -> None:
    """EventBridge event whose detail is the message. After an error, as behind a topic."""
    del context
    read(json.encode(event["detail"]).decode())


# --8<-- [end:bus]


# --8<-- [start:stream]
def stream(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Kinesis event, in order. The mapping goes on from the first record that failed."""
    del context
    for record in event["Records"]:
        try:
            read(base64.b64decode(record["kinesis"]["data"]).decode())
        except Exception:
            logger.exception("not read; it comes again, with all records after it")
            sequence = record["kinesis"]["sequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": sequence}]}
    return {"batchItemFailures": []}


# --8<-- [end:stream]
