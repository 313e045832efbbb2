"""A file that tells how much of it was read: what packs and what uploads shows progress."""

import io
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

Progress = Callable[[int], None]
"""Called with the number of bytes that are done since the last call; negative: they are not."""


class CountedFile(io.BufferedReader):
    """A file that tells how much of it was read; takes that back where its reader fails."""

    def __init__(self, path: Path, progress: Progress) -> None:
        """Open it. Raises OSError."""
        super().__init__(io.FileIO(path))
        self._progress = progress

    def read(self, size: int | None = -1) -> bytes:  # noqa: D102  a file's own
        data = super().read(size)
        self._progress(len(data))
        return data

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error:
            self._progress(-self.tell())
        super().__exit__(kind, error, trace)
