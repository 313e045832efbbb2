"""Amazon Textract's AnalyzeExpense as an engine: lines of text with their places.

Its lines go through the same fields as every other engine's words, so that its confidences mean the
same. Its own summary fields are parsed too, by `summary`, for whoever wants to compare.
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

from reading.engine import Look, OcrEngineError, OcrTimeoutError, Picture, Word

CALLS_PER_SECOND = 1.0
"""AnalyzeExpense's default quota is a few calls a second for the whole account, by region. One a
second is cautious: look up your own in Service Quotas (unverified here)."""

CALL_LIMIT_S = 20.0
"""For one call. It is not made where less time is left: it would be paid for and never heard."""

LARGEST_BYTES = 10_000_000
"""AnalyzeExpense takes images of up to 10 MB with the call."""

PICTURE = Picture(glyph_height=25, restore=False)
TOO_MANY = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "LimitExceededException",
}


class TextractEngine:
    """Reads words with AnalyzeExpense.

    `calls_per_second` is this process's share of the account's quota: with N readers at once give
    each an Nth. `client` is a boto3 Textract client.
    """

    name = "textract"

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
                # The queue retries; a retry here would spend the quota on the same receipt.
                retries={"mode": "standard", "total_max_attempts": 1},
            ),
        )
        self._interval = 1 / calls_per_second
        self._clock = clock
        self._sleep = sleep
        self._next = float("-inf")
        self._lock = threading.Lock()

    @property
    def looks(self) -> Sequence[Look]:
        """See `reading.engine.LooksAgain`."""
        return [Look(self, PICTURE)]

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """See `reading.engine.OcrEngine`; waits for its turn before the call."""
        self._wait_for_turn(within_s - CALL_LIMIT_S)
        try:
            response = self._client.analyze_expense(Document={"Bytes": _encode(image)})
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            reason = "is over its quota" if code in TOO_MANY else f"refused the image ({code})"
            raise OcrEngineError(f"Textract {reason}") from error
        except BotoCoreError as error:
            if "Timeout" in type(error).__name__:
                raise OcrTimeoutError(f"Textract did not answer in {CALL_LIMIT_S:g} s") from error
            raise OcrEngineError(f"Textract can't be reached: {error}") from error
        return list(words(response, image.width, image.height))

    def _wait_for_turn(self, most_s: float) -> None:
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            if turn - now > most_s:
                raise OcrTimeoutError(f"no time is left for a call of up to {CALL_LIMIT_S:g} s")
            self._next = turn + self._interval
        if turn > now:
            self._sleep(turn - now)


def words(response: Mapping[str, Any], width: int, height: int) -> Iterator[Word]:
    """The words in a response; its boxes are shares of the image's `width` and `height`."""
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


def summary(response: Mapping[str, Any]) -> dict[str, tuple[str, float]]:
    """Textract's own fields by type, such as VENDOR_NAME or TOTAL: the text and its confidence.

    Of several with one type the most confident is kept.
    """
    found: dict[str, tuple[str, float]] = {}
    for document in response.get("ExpenseDocuments", []):
        for field in document.get("SummaryFields", []):
            kind = field.get("Type", {}).get("Text", "OTHER")
            value = field.get("ValueDetection", {})
            text, confidence = value.get("Text", ""), value.get("Confidence", 0.0) / 100
            if text and confidence > found.get(kind, ("", 0.0))[1]:
                found[kind] = (text, confidence)
    return found


def _encode(image: Image.Image) -> bytes:
    """The image as PNG, or as JPEG where that would be too large to send."""
    for kind, options in (("PNG", {}), ("JPEG", {"quality": 90})):
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        if buffer.tell() <= LARGEST_BYTES:
            return buffer.getvalue()
    raise OcrEngineError(f"the image is larger than the {LARGEST_BYTES / 1e6:g} MB that are taken")
