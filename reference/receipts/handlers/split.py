"""Lambda behind the upload queue: parse S3's notification, call `split_upload` an upload."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from receipts.errors import UnknownMessageError
from receipts.handlers import wiring
from receipts.handlers.retries import handle_each
from receipts.split_upload import split_upload
from receipts.uploads import ARCHIVE, parse_event

Settings = wiring.SplitSettings

logger = Logger(service="split")


def split(record: SQSRecord) -> None:
    """Split what one message tells of; one that is not ours is dead-lettered with the reason."""
    splitter = wiring.splitter()
    try:
        for upload in parse_event(record.body):
            logger.append_keys(batch_id=upload.batch_id)
            split_upload(
                upload,
                ledger=splitter.ledger,
                objects=splitter.objects,
                queue=splitter.queue,
                clock=wiring.utc_now,
            )
    except UnknownMessageError as error:
        splitter.dead_letters.send(record.body, str(error))
        logger.warning("set aside", reason=str(error))
    except Exception:
        # The batch processor keeps the error to itself: unsaid, it would never be known.
        logger.exception("not split, comes again")
        raise


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401  powertools' own
    """SQS event, partial batch response. Raises `SettingsError`, as the reader's handler does."""
    wiring.splitter()
    # Photos first: they may be another customer's than the archive that takes its time.
    event["Records"].sort(key=lambda record: ARCHIVE in record["body"])
    logger.info("split", messages=len(event["Records"]))
    return handle_each(event, split, context, logger)
