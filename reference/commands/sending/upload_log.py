"""Remembers finished uploads, so that an interrupted batch goes on where it stopped."""

from pathlib import Path


class UploadLog:
    """The names of a batch's finished uploads, a line each in a file of its own."""

    def __init__(self, folder: Path, batch: str) -> None:
        """`batch` is its name among those of `folder`, which is made if it isn't there."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{batch}.sent"
        self._names = (
            set(self._path.read_text("utf-8").split("\n")) if self._path.exists() else set()
        )

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> None:
        """Note one finished upload; written at once."""
        self._names.add(name)
        with self._path.open("a", encoding="utf-8") as file:  # one short line is appended whole
            file.write(f"{name}\n")
