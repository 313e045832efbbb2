"""What is kept of a run, in `docs/data/lambda.json`."""

from msgspec import Struct

from lab.prove.iam.deployed import Stack
from lab.prove.iam.evaluate import Request
from lab.support.provenance import DataFile


class Figures(Struct, frozen=True, kw_only=True):
    """What a process took: until it asked for an event, in time and processor time; peaks in MB.

    `init_cpu_ms` is 0 where there is no sandbox.
    """

    init_ms: float
    init_cpu_ms: float
    memory_mb: float
    scratch_mb: float


class Calls(Struct, frozen=True, kw_only=True):
    """The same request, so many times; ids of batches and images in it are zeros."""

    request: Request
    times: int


class FunctionFigures(Struct, frozen=True, kw_only=True):
    """A function's invocations, its own calls, and each of its processes."""

    invocations: int
    calls: int
    processes: list[Figures]


class Recorded(DataFile, frozen=True, kw_only=True):
    """One run, so that a template can be judged again without another.

    `python` is the functions' own, `left_out` what the run did without.
    """

    python: str
    client: str
    left_out: list[str]
    stack: Stack
    functions: dict[str, FunctionFigures]
    calls: list[Calls]
