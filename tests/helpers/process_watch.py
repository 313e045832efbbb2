"""Refuses processes in tests that `make quick` runs, so that it stays what it says."""

import sys

EVENTS = {"subprocess.Popen", "os.posix_spawn", "os.fork"}

STARTING_FIXTURES = {
    "postgres",
    "database",
    "on_mariadb",
    "system",
    "emulator",
    "site",
    "browser",
}
"""Fixtures that start a process: whoever asks for them is slow."""


class ProcessWatch:
    """An audit hook: while `refusing`, whoever starts a process gets an error."""

    def __init__(self) -> None:
        """Installed for the life of the interpreter; refuses nothing at first."""
        self.refusing = False
        sys.addaudithook(self._see)

    def _see(self, event: str, _: object) -> None:
        if self.refusing and event in EVENTS:
            self.refusing = False  # once is enough
            raise RuntimeError("this test starts a process: mark it with pytest.mark.slow")
