"""AWS as moto plays it, for code that calls it from several threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from helpers.moto_partiql import dynamodb_batches


@contextmanager
def mocked_aws() -> Iterator[None]:
    """Within this context botocore's calls are moto's to answer, whole and one after the other.

    AWS's single calls are atomic, moto's aren't: two at the same time may be given the same
    message, or find an item while the other changes it.
    """
    lock = threading.RLock()  # moto's services call each other
    answer = BotocoreStubber.process_request

    def alone(stubber: BotocoreStubber, request: Any) -> Any:
        with lock:
            return answer(stubber, request)

    with (
        mock_aws(),
        dynamodb_batches(),
        patch.object(BotocoreStubber, "process_request", alone),
    ):
        yield
