"""The same photo in archives of every make that a ZIP program may write."""

import io
import zipfile
from collections.abc import Callable, Mapping
from unittest.mock import patch

from helpers.photos import archive, photo


class Streamed(io.BytesIO):
    """A file that can't be rewound, such as a pipe: sizes then follow the data."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError

    def tell(self) -> int:
        raise OSError


def streamed() -> bytes:
    buffer = Streamed()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.png", photo())
    return buffer.getvalue()


def zip64() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed, packed.open("a.png", "w", force_zip64=True) as one:
        one.write(photo())
    return buffer.getvalue()


def zip64_directory() -> bytes:
    """With the ZIP64 end record that an archive of over 65,535 entries or 4 GiB has."""
    with patch.object(zipfile, "ZIP_FILECOUNT_LIMIT", 0):
        return archive({"a.png": photo()})


def after_a_program() -> bytes:
    return b"#!/bin/sh\n" * 50 + archive({"a.png": photo()})


def with_a_comment() -> bytes:
    buffer = io.BytesIO(archive({"a.png": photo()}))
    with zipfile.ZipFile(buffer, "a") as packed:
        packed.comment = b"from my phone" * 100
    return buffer.getvalue()


def with_a_mark_in_its_comment() -> bytes:
    buffer = io.BytesIO(archive({"a.png": photo()}))
    with zipfile.ZipFile(buffer, "a") as packed:
        packed.comment = b"packed by PK\x05\x06" + b", of course" * 9
    return buffer.getvalue()


def with_zeros_behind() -> bytes:
    return archive({"a.png": photo()}) + bytes(70_000)


def deflated() -> bytes:
    return archive({"a.png": photo()}, zipfile.ZIP_DEFLATED)


def stored() -> bytes:
    return archive({"a.png": photo()})


MAKES: Mapping[str, Callable[[], bytes]] = {
    "stored": stored,
    "deflated": deflated,
    "sizes behind the image (data descriptors), as written to a pipe": streamed,
    "an entry in ZIP64": zip64,
    "a directory in ZIP64": zip64_directory,
    "behind a program (self-extracting)": after_a_program,
    "with a comment at its end": with_a_comment,
    "with a comment that holds an end record's mark": with_a_mark_in_its_comment,
    "with 70 kB of zeros behind it": with_zeros_behind,
}
