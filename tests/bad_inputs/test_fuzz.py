"""Whatever comes, no exception escapes but those that are meant; memory and time are bounded.

Time is bounded by what is counted, not by a clock: ranges fetched, bytes unpacked.
"""

import contextlib
import io
import json
import zipfile
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.photos import archive, numbered, photo
from helpers.zips import MAKES
from reading.files.archive import ArchiveEntry, BadArchiveError, list_images, read_image_entry
from reading.files.limits import MAX_IMAGE_BYTES
from receipts.batch import MAX_FILES, BatchRequest
from receipts.errors import UnknownMessageError
from receipts.messages import JSON_ERRORS, ReceiptMessage, ResultMessage, decode, peek_ref
from receipts.uploads import parse_event

pytestmark = pytest.mark.slow

plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


def with_keys(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects whose keys are ours and whose values are anything, some of them right."""
    return st.dictionaries(st.sampled_from(keys) | st.text(), anything, max_size=len(keys) + 1)


# --- Requests -----------------------------------------------------------------------------------

files = with_keys("name", "size", "content_type") | st.fixed_dictionaries(
    {
        "name": st.text(),
        "size": st.integers(0, MAX_IMAGE_BYTES + 1),
        "content_type": st.sampled_from(["image/png", "image/heic", "text/html"]),
    }
)
requests = with_keys("customer_reference", "files", "archive") | st.fixed_dictionaries(
    {
        "customer_reference": st.text(max_size=101),
        "files": st.lists(files, max_size=5),
        "archive": st.none() | with_keys("size", "sha256"),
    }
)


@settings(max_examples=500)
@given(requests.map(json.dumps) | st.text() | st.binary())
def test_a_request_is_understood_or_refused(body: str | bytes) -> None:
    with contextlib.suppress(*JSON_ERRORS):
        request = msgspec.json.decode(body, type=BatchRequest)
        assert bool(request.archive) != bool(request.files)
        assert len(request.files) <= MAX_FILES
        for file in request.files:
            assert 1 <= file.size <= MAX_IMAGE_BYTES
            assert not set(file.name) & set("/\\\0\n\r$")


# --- Messages -----------------------------------------------------------------------------------

sources = with_keys("bucket", "key", "entry")
messages = with_keys(
    "version", "batch_id", "index", "receipt_id", "owner", "customer_reference", "name", "source"
) | st.fixed_dictionaries({"version": st.integers(0, 2), "index": st.integers(), "source": sources})
records = with_keys("s3") | st.fixed_dictionaries(
    {
        "s3": st.fixed_dictionaries(
            {
                "bucket": st.fixed_dictionaries({"name": st.text()}),
                "object": st.fixed_dictionaries({"key": st.text(), "eTag": st.text()}),
            }
        )
    }
)
events = with_keys("Records", "Event") | st.fixed_dictionaries({"Records": st.lists(records)})
bodies = st.text() | st.one_of(messages, events).map(json.dumps)


@settings(max_examples=500)
@given(bodies)
def test_a_message_is_understood_or_unknown(body: str) -> None:
    with contextlib.suppress(UnknownMessageError):
        assert decode(body, ReceiptMessage).index >= 1
    with contextlib.suppress(UnknownMessageError):
        assert decode(body, ResultMessage).index >= 1
    with contextlib.suppress(UnknownMessageError):
        for upload in parse_event(body):
            assert upload.source.key.startswith("uploads/")
    peek_ref(body)


# --- Archives -----------------------------------------------------------------------------------

MOST_RANGES = 20
"""Of a small archive: its end, its directory, and perhaps each of them twice."""


class Remote:
    """An archive elsewhere that counts what is asked of it, and never gives more than it has."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.ranges = 0

    def fetch(self, start: int, stop: int) -> bytes:
        assert start >= 0
        assert stop - start <= MAX_IMAGE_BYTES + 200_000
        self.ranges += 1
        return self.data[start:stop]


def read_all(data: bytes) -> None:
    """List and read every image; only the error that is meant may come of it."""
    remote = Remote(data)
    with contextlib.suppress(BadArchiveError):
        images, left_out = list_images(len(data), remote.fetch)
        assert str(left_out).isprintable() or "\ufffd" in str(left_out)
        assert remote.ranges <= MOST_RANGES
        for name, entry in images:
            assert name.isprintable() or "\ufffd" in name
            msgspec.convert(msgspec.to_builtins(entry), ArchiveEntry)  # it survives the wire
            with contextlib.suppress(BadArchiveError):
                assert len(read_image_entry(entry, remote.fetch)) <= MAX_IMAGE_BYTES


REAL = [
    *(make() for make in MAKES.values()),
    archive(numbered(5)),
    archive(numbered(5), zipfile.ZIP_DEFLATED),
    archive({"ü/é.png": photo(), "__MACOSX/x": b"", "b/": b""}),
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real archive with some bytes changed, cut out or put in, near its directory or anywhere."""
    data = bytearray(draw(st.sampled_from(REAL)))
    directory = data.find(b"PK\x01\x02")
    for _ in range(draw(st.integers(1, 6))):
        least = draw(st.sampled_from([0, max(0, directory)]))
        at = draw(st.integers(least, len(data)))
        old = draw(st.integers(0, 8))
        number = st.sampled_from([0, 1, 0xFF, 0xFFFF, 0xFFFFFFFF, 2**63, 2**64 - 1])
        new = draw(st.binary(max_size=8) | number.map(lambda n: n.to_bytes(8, "little")))
        same_length = draw(st.booleans())
        data[at : at + (len(new) if same_length else old)] = new
    return bytes(data)


@settings(max_examples=1_500)
@given(mutated())
def test_a_mutated_archive_is_read_or_bad(data: bytes) -> None:
    read_all(data)


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_noise_is_a_bad_archive(noise: bytes) -> None:
    read_all(noise)
    read_all(noise + archive(numbered(1)))
    read_all(archive(numbered(1)) + noise)


numbers = st.integers(0, 2**32 - 1) | st.integers(0, 2**64 - 1)


@settings(max_examples=500)
@given(numbers, numbers, numbers, st.integers(0, 99), st.integers(0, 2**16), st.data())
def test_an_entry_that_claims_anything_costs_no_more_than_an_image(
    offset: int, compressed: int, size: int, method: int, flags: int, data: st.DataObject
) -> None:
    entry = ArchiveEntry(
        header_offset=data.draw(st.sampled_from([0, offset])),
        compressed_size=compressed,
        size=size,
        method=method,
        flags=flags,
        crc32=0,
    )
    remote = Remote(archive(numbered(2), zipfile.ZIP_DEFLATED))
    with contextlib.suppress(BadArchiveError):
        assert len(read_image_entry(entry, remote.fetch)) <= MAX_IMAGE_BYTES
    assert remote.ranges <= 2


def test_what_shrinks_a_thousandfold_is_unpacked_no_further_than_it_said() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.png", bytes(50_000_000))
    remote = Remote(buffer.getvalue())
    [(_, entry)], _ = list_images(len(remote.data), remote.fetch)
    liar = msgspec.structs.replace(entry, size=1_000)
    with contextlib.suppress(BadArchiveError):
        raise AssertionError(len(read_image_entry(liar, remote.fetch)))
