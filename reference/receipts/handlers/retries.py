"""Messages of a queue, each for itself; what is reported as failed comes again in seconds.

Lambda leaves such a message alone: it would come when its visibility timeout ends. That is made for
functions that died, and six times as long as one may run.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities import batch
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from receipts.aws.sqs import show_again
from receipts.handlers import wiring

FIRST_DELAY_S, LONGEST_DELAY_S = 5, 300


def receives(record: SQSRecord) -> int:
    """How often the message was delivered, this time included."""
    return int(record.attributes.approximate_receive_count or 1)


def delay_s(receives: int) -> int:
    """Until the next try, after so many receives: 5, 10, 20 … 300 seconds."""
    return min(FIRST_DELAY_S << (receives - 1), LONGEST_DELAY_S)


def handle_each(
    event: dict[str, Any],
    handle: Callable[[SQSRecord], None],
    context: LambdaContext,
    logger: Logger,
) -> Any:  # noqa: ANN401  powertools' own
    """Call `handle` for each message; answer which raised, and let each come after its delay."""

    def handle_one(record: SQSRecord) -> None:
        # What `handle` adds of its ids is gone with it: no line is told of another's receipt.
        told = {"message_id": record.message_id, "receives": receives(record)}
        with logger.append_context_keys(**told, batch_id=None, receipt_id=None):
            handle(record)

    # A raised error would make the whole batch come again; each message reports its own instead.
    processor = batch.BatchProcessor(batch.EventType.SQS, raise_on_entire_batch_failure=False)
    answer = batch.process_partial_response(event, handle_one, processor, context)
    if processor.fail_messages:
        _come_again(cast("Sequence[SQSRecord]", processor.fail_messages), logger)
    return answer


def _come_again(failed: Sequence[SQSRecord], logger: Logger) -> None:
    """Raises nothing: what has failed must be reported as that, else Lambda deletes it."""
    after = [(record.receipt_handle, delay_s(receives(record))) for record in failed]
    try:
        show_again(wiring.sqs(), failed[0].queue_url, after)
    except Exception as error:  # noqa: BLE001  whatever it was
        reason = f"{type(error).__name__}: {error}"
        logger.warning("come again when their visibility timeout ends", reason=reason)
