"""Amazon Textract's AnalyzeExpense as an engine: words with their places.

Fields are found in its words by the same rules as in any other engine's, so that a confidence means
the same whatever the engine. AnalyzeExpense also answers with fields of its own; they are not used.
"""

import io
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from PIL import Image

from reading.engine import ImageRequirements, OcrEngineError, OcrPass, OcrTimeoutError, Word

CALLS_PER_SECOND = 1.0
"""A cautious rate. The default quota of AnalyzeExpense is a few calls a second for a whole account
in a region (unverified here): look up your own in Service Quotas."""

CALL_LIMIT_S = 20.0
"""The longest that one call may take. With less time left no call is made: its answer would be paid
for and come too late."""

LARGEST_BYTES = 10_000_000
"""The largest image that AnalyzeExpense accepts within a call."""

IMAGE_REQUIREMENTS = ImageRequirements(glyph_height=25, restore=False)
OVER_QUOTA_CODES = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "LimitExceededException",
}


class TextractEngine:
    """Reads words with AnalyzeExpense.

    `calls_per_second` is this process's share of the account's quota: with N readers at a time,
    give each of them an Nth of it. `client` is a boto3 Textract client.
    """

    name = "textract"
    is_a_service = True

    def __init__(
        self,
        *,
        calls_per_second: float = CALLS_PER_SECOND,
        client: Any = None,  # noqa: ANN401 - boto3 makes its clients at run time
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client or boto3.client(
            "textract",
            config=Config(
                connect_timeout=CALL_LIMIT_S / 4,
                read_timeout=CALL_LIMIT_S * 3 / 4,
                # No retries here: the queue retries, and the quota is left for other receipts.
                retries={"mode": "standard", "total_max_attempts": 1},
            ),
        )
        self._interval_s = 1 / calls_per_second
        self._clock = clock
        self._sleep = sleep
        self._next_call_at = float("-inf")
        self._lock = threading.Lock()

    @property
    def passes(self) -> Sequence[OcrPass]:
        """See `reading.engine.MultiPassEngine`."""
        return [OcrPass(self, IMAGE_REQUIREMENTS)]

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read all words once the call rate allows it; see `reading.engine.OcrEngine`."""
        self._wait_for_turn(max_wait_s=within_s - CALL_LIMIT_S)
        try:
            response = self._client.analyze_expense(Document={"Bytes": _encode(image)})
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            reason = (
                "is over its quota" if code in OVER_QUOTA_CODES else f"refused the image ({code})"
            )
            raise OcrEngineError(f"Textract {reason}") from error
        except BotoCoreError as error:
            if "Timeout" in type(error).__name__:
                raise OcrTimeoutError(f"Textract did not answer in {CALL_LIMIT_S:g} s") from error
            raise OcrEngineError(f"Textract can't be reached: {error}") from error
        return list(words_in(response, image.width, image.height))

    def _wait_for_turn(self, max_wait_s: float) -> None:
        with self._lock:
            now = self._clock()
            turn = max(now, self._next_call_at)
            if turn - now > max_wait_s:
                raise OcrTimeoutError(f"no time is left for a call of up to {CALL_LIMIT_S:g} s")
            self._next_call_at = turn + self._interval_s
        if turn > now:
            self._sleep(turn - now)


def words_in(response: Mapping[str, Any], width: int, height: int) -> Iterator[Word]:
    """The words in a response, whose boxes are given as shares of the image's width and height."""
    for document in response.get("ExpenseDocuments", []):
        for block in document.get("Blocks", []):
            if block.get("BlockType") != "WORD":
                continue
            box = block["Geometry"]["BoundingBox"]
            yield Word(
                text=block["Text"],
                left=round(box["Left"] * width),
                top=round(box["Top"] * height),
                width=max(1, round(box["Width"] * width)),
                height=max(1, round(box["Height"] * height)),
                confidence=block.get("Confidence", 0.0) / 100,
            )


def _encode(image: Image.Image) -> bytes:
    """Encode as PNG, or as JPEG if the PNG would be too large to send."""
    for kind, options in (("PNG", {}), ("JPEG", {"quality": 90})):
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        if buffer.tell() <= LARGEST_BYTES:
            return buffer.getvalue()
    raise OcrEngineError(
        f"the image is larger than {LARGEST_BYTES / 1e6:g} MB, the most that Textract accepts"
    )
