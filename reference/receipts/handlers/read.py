"""Lambda behind the receipt queue: parse, call `read_receipt`, set aside on the last try."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from receipts.dead_letters import set_aside
from receipts.errors import UnknownMessageError
from receipts.handlers import wiring
from receipts.handlers.retries import handle_each, receives
from receipts.messages import ReceiptMessage, decode
from receipts.read_receipt import read_receipt

logger = Logger(service="read")


class Settings(wiring.ReadSettings, frozen=True, kw_only=True):
    """The variables of the reader behind the queue, which can count its receives."""

    max_receives: int


def read(record: SQSRecord) -> None:
    """Read what one message tells of; what fails on its last try is set aside with the reason."""
    reader = wiring.reader()
    message = None
    try:
        message = decode(record.body, ReceiptMessage)
        logger.append_keys(batch_id=message.batch_id, receipt_id=message.receipt_id)
        state = read_receipt(
            message,
            objects=reader.objects,
            seen=reader.seen,
            ledger=reader.ledger,
            queue=reader.queue,
            engine=reader.engine,
            limit_s=reader.limit_s,
            clock=wiring.utc_now,
            votes=reader.votes,
            least=reader.least,
        )
        logger.info("read", state=state)
    except Exception as error:
        last = receives(record) >= wiring.settings(Settings).max_receives
        if not last and not isinstance(error, UnknownMessageError):
            # The batch processor keeps the error to itself: unsaid, it would never be known.
            logger.exception("not read, comes again")
            raise
        reason = f"{type(error).__name__}: {error}"
        set_aside(
            record.body,
            reason,
            message,
            dead_letters=reader.dead_letters,
            ledger=reader.ledger,
            clock=wiring.utc_now,
        )
        logger.warning("set aside", reason=reason)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401  powertools' own
    """SQS event, partial batch response. Raises `SettingsError`: the invocation fails, and is seen.

    Within the processor it would be each message's own failure, and no line of the log.
    """
    wiring.settings(Settings)
    wiring.reader()
    return handle_each(event, read, context, logger)
