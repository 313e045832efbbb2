"""SQS as moto has it, for code that calls it from several threads."""

import threading
from collections.abc import Callable
from typing import Any


class OneCallAtATime:
    """A client whose calls don't overlap.

    moto looks for a message and marks it as taken without a lock: two calls at the same time may
    get the same message, which SQS does so rarely that no test should meet it by chance.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._locked(found) if callable(found) else found

    def _locked(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def locked(*positional: Any, **named: Any) -> Any:
            with self._lock:
                return call(*positional, **named)

        return locked
