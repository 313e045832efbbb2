"""Cleans up after this process where it can't do so itself: it was killed by SIGKILL."""

import contextlib
import subprocess
from collections.abc import Iterator


@contextlib.contextmanager
def guard(last_words: str) -> Iterator[None]:
    """A shell that runs `last_words` if this process dies within this context. It waits on a pipe.

    A line says that all is well; the pipe's end without one says that nobody is left to clean up.
    """
    with subprocess.Popen(  # noqa: S603  our own words
        ["/bin/sh", "-c", f"read -r _ || {{ {last_words}; }}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that Ctrl-C and a closed terminal don't end it
    ) as shell:
        try:
            yield
        finally:
            shell.communicate(b"\n")
