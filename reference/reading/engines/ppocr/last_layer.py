"""Cuts the recogniser's last layer to the signs that we need, in the file's bytes.

Of 18,710 signs a receipt here needs some three hundred: scoring the others is an eighth of the
network's time. ONNX files are Protocol Buffers: this reads and writes the few fields that are
concerned, so that neither `onnx` nor `protobuf` has to be deployed.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

# Field numbers of ModelProto, GraphProto and TensorProto in onnx.proto, and wire types.
GRAPH, METADATA, INITIALIZER = 7, 14, 5
DIMS, DATA_TYPE, NAME, RAW_DATA = 1, 2, 8, 9
FLOAT = 1
MORE = 0x80
"""The bit that says that a number goes on in the next byte."""

VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5


def cut(model: bytes, columns: Sequence[int], layer: str = "linear_8") -> bytes:
    """The model with these columns of its last layer alone, in this order.

    `layer` is the last layer's name: from some values to a score for each sign, which are its last
    axis. Raises ValueError if it isn't found once in the file.
    """
    weights, bias = f"{layer}.w_0", f"{layer}.b_0"
    done: list[str] = []

    def cut_tensor(tensor: memoryview) -> bytes:
        fields = list(_fields(tensor))
        name = next((bytes(value).decode() for number, value, _ in fields if number == NAME), "")
        if name not in (weights, bias):
            return bytes(tensor)
        done.append(name)
        shape = [_varint(value, 0)[0] for number, value, _ in fields if number == DIMS]
        raw = next(value for number, value, _ in fields if number == RAW_DATA)
        kept = np.frombuffer(raw, "<f4").reshape(shape)[..., list(columns)]
        return b"".join(
            (
                *(_key(DIMS, VARINT) + _as_varint(size) for size in kept.shape),
                _key(DATA_TYPE, VARINT) + _as_varint(FLOAT),
                _with_length(NAME, name.encode()),
                _with_length(RAW_DATA, kept.tobytes()),
            )
        )

    def cut_graph(graph: memoryview) -> bytes:
        return _mapped(graph, INITIALIZER, cut_tensor)

    result = _mapped(memoryview(model), GRAPH, cut_graph)
    if sorted(done) != sorted((weights, bias)):
        raise ValueError(f"the network has no last layer {weights}, {bias}: found {done}")
    return result


def _mapped(message: memoryview, number: int, change: Callable[[memoryview], bytes]) -> bytes:
    """The message with `change` applied to the content of each field with this number."""
    return b"".join(
        _with_length(number, change(value)) if found == number else whole
        for found, value, whole in _fields(message)
    )


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview, memoryview]]:
    """The number, the content and all bytes of each field of a message."""
    at = 0
    while at < len(message):
        start = at
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == BYTES:
            size, at = _varint(message, at)
        elif wire == VARINT:
            size = _varint(message, at)[1] - at
        else:
            size = {FIXED_64: 8, FIXED_32: 4}[wire]
        yield number, message[at : at + size], message[start : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """The number that starts at `at`, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & ~MORE) << shift
        shift += 7
        if byte < MORE:
            return value, at


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value >= MORE:
        out.append(value & 0x7F | MORE)
        value >>= 7
    return bytes([*out, value])


def _key(number: int, wire: int) -> bytes:
    return _as_varint(number << 3 | wire)


def _with_length(number: int, content: bytes) -> bytes:
    return _key(number, BYTES) + _as_varint(len(content)) + content


def signs(model: bytes) -> list[str]:
    """The signs that the recogniser knows, in the order of its scores; the first is the blank."""
    for number, value, _ in _fields(memoryview(model)):
        if number == METADATA:
            entry = {key: bytes(text).decode() for key, text, _ in _fields(value)}
            if entry.get(1) == "character":
                return ["", *entry[2].splitlines(), " "]
    raise ValueError("the network doesn't say which signs it knows")
