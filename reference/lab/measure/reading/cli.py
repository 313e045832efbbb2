"""`receipts-lab bench-reading` and `fit-reading`: figures and weights from labelled receipts."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from lab.measure.reading import agreement, bench, figure
from lab.measure.reading.cpu_ratio import BASELINE, CpuRatio, chosen, cpu_ratios
from lab.measure.reading.crossval import (
    DeskewedReceipt,
    PassExamples,
    observe,
    weights_by_fold,
    weights_from,
)
from lab.measure.reading.engine_cache import CachedEngine
from lab.measure.reading.labelled import load, load_contexts
from lab.measure.reading.packaging import measure
from lab.measure.reading.promises import kept, promises, write_thresholds
from lab.measure.reading.weights_file import write_weights
from lab.support import paths
from lab.support.engine_version import DISTRIBUTIONS
from lab.support.provenance import provenance, save
from reading.context import NO_CONTEXT, ReadingContext
from reading.engines import make_engine
from reading.extraction.fields import Weights
from reading.extraction.weights import WEIGHTS

CONTEXTS = Path(__file__).with_name("contexts.toml")
CACHE = paths.CACHE / "reading"
FITTED_ON = ("tesserocr", "ppocr")
"""The engines whose errors differ most, the better one last.

Every engine uses the weights from both. The thresholds of totals and dates hold for both, the
merchant's for the better one."""

Sets = Annotated[
    list[Path], typer.Argument(help="Folders of labelled receipts.", exists=True, file_okay=False)
]
Engines = Annotated[str, typer.Option(help="Engines to measure, with commas.")]
Contexts = Annotated[
    Path,
    typer.Option(
        help="What is known of each set before: the day of reading, the client's home.", exists=True
    ),
]
RatioReceipts = Annotated[
    int, typer.Option(help="Receipts of each set on which CPU is compared; 0 leaves it out.", min=0)
]
Rounds = Annotated[int, typer.Option(help="How often each of them is read to compare CPU.", min=1)]
SoftFolder = Annotated[
    Path | None, typer.Option(help="A folder of line items, verified ones only.", exists=True)
]


def bench_reading(
    sets: Sets,
    *,
    engines: Engines = "tesseract,tesserocr,ppocr,ppocr_tiny",
    soft: SoftFolder = None,
    cross_validate: Annotated[
        bool, typer.Option(help="Fit the weights again without each receipt's merchant.")
    ] = True,
    contexts: Contexts = CONTEXTS,
    ratio_receipts: RatioReceipts = 24,
    rounds: Rounds = 3,
    out: Annotated[
        Path | None, typer.Option(help="Where the figures go, if not to docs/data/reading.json.")
    ] = None,
) -> None:
    """Measure how well, how fast and how honestly labelled receipts are read.

    Use cross-validation on the receipts that the weights were fitted to, but not on held-out ones.
    The engines' words are cached in .cache/reading, so that a second run costs no OCR. Writes
    docs/data/reading.json.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"
    console = Console(stderr=True)
    known = load_contexts(contexts)
    prepared = {folder.name: _deskewed(folder, soft, known, console) for folder in sets}
    results, agreed, pooled = [], [], dict[str, list[bench.Pair]]()
    weights: list[Weights] = [WEIGHTS]
    if cross_validate:
        everything = [one for receipts in prepared.values() for one in receipts]
        weights = weights_by_fold(_pass_examples(everything, console))
    for engine in engines.split(","):
        cached = CachedEngine(make_engine(engine), CACHE)
        for name, receipts in prepared.items():
            with _bar(f"{engine} on {name}", len(receipts), console) as done:
                result, pairs = bench.run(name, receipts, cached, weights, done)
            results.append(result)
            agreed.append(agreement.measure(engine, name, pairs))
            pooled.setdefault(engine, []).extend(pairs)
    ratios = [
        ratio
        for name, receipts in prepared.items()
        for ratio in _ratios(
            name, chosen(receipts, ratio_receipts), engines.split(","), weights, rounds, console
        )
    ]
    report = bench.ReadingFigures(
        provenance=provenance("reading", "lab.measure.reading"),
        weights="cross-validated by merchant, 5 folds" if cross_validate else "as shipped",
        results=results,
        agreement=agreed,
        promises=kept(pooled),
        cpu_ratios=ratios,
        packages=[measure(engine) for engine in engines.split(",") if engine in DISTRIBUTIONS],
    )
    tables = (_table(results), _review_table(results), agreement.table(agreed))
    Console().print(*tables, _ratio_table(ratios))
    console.print(f"written to {save('reading', report, out)}")
    if out is None:
        figure.draw(results, paths.DATA)


def _ratios(
    name: str,
    receipts: Sequence[DeskewedReceipt],
    engines: Sequence[str],
    weights: Sequence[Weights],
    rounds: int,
    console: Console,
) -> list[CpuRatio]:
    if not receipts:
        return []
    made = {engine: make_engine(engine) for engine in dict.fromkeys((BASELINE, *engines))}
    with _bar(f"CPU on {name}", rounds * len(receipts), console) as done:
        return cpu_ratios(name, receipts, made, weights, rounds, done)


def fit_reading(
    sets: Sets,
    *,
    contexts: Contexts = CONTEXTS,
    write: Annotated[
        bool, typer.Option("--weights/--thresholds-only", help="Write both, or thresholds alone.")
    ] = True,
) -> None:
    """Fit weights and thresholds to labelled receipts, and write `reading`'s modules of both.

    The thresholds hold for receipts that are read with weights that had not seen their merchant.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"
    console = Console(stderr=True)
    known = load_contexts(contexts)
    receipts = [one for folder in sets for one in _deskewed(folder, None, known, console)]
    examples = _pass_examples(receipts, console)
    if write:
        console.print(f"written to {write_weights(weights_from(examples))}")
    weights = weights_by_fold(examples)
    read = {}
    for name in FITTED_ON:
        with _bar(f"{name} for thresholds", len(receipts), console) as done:
            engine = CachedEngine(make_engine(name), CACHE)
            _, read[name] = bench.run("all", receipts, engine, weights, done)
    console.print(f"written to {write_thresholds(promises(read))}")


def _pass_examples(receipts: Sequence[DeskewedReceipt], console: Console) -> list[PassExamples]:
    engines = [CachedEngine(make_engine(name), CACHE) for name in FITTED_ON]
    with _bar("reading", len(receipts), console) as done:
        return observe(receipts, engines, done)


def _deskewed(
    folder: Path, soft: Path | None, known: Mapping[str, ReadingContext], console: Console
) -> list[DeskewedReceipt]:
    context = known.get(folder.name, NO_CONTEXT)
    labelled = load(folder, soft)
    found = []
    with _bar(f"straightening {folder.name}", len(labelled), console) as done:
        for one in labelled:
            found.append(bench.deskewed(one, context))
            done()
    return found


@contextmanager
def _bar(what: str, total: int, console: Console) -> Iterator[Callable[[], None]]:
    with Progress(
        *Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn(),
        console=console,
    ) as progress:  # fmt: skip
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def _table(results: Sequence[bench.EngineResult]) -> Table:
    table = Table("engine", "set", "F1", "total", "date", "merchant", "address", "items F1",
                  "sure", "sure right", "CPU s", "p95")  # fmt: skip
    for one in results:
        s = one.score
        cells = (s.f1, s.total, s.date, s.merchant, s.address, s.items_f1, s.sure_share)
        table.add_row(one.engine, one.set, *map(str, cells), str(s.sure_right),
                      str(one.cpu_mean), str(one.cpu_p95))  # fmt: skip
    return table


def _ratio_table(ratios: Sequence[CpuRatio]) -> Table:
    table = Table("engine", "set", "receipts", "rounds", f"CPU over {BASELINE}'s", "from", "to")
    for one in ratios:
        cells = (one.receipts, one.rounds, one.ratio, one.between.low, one.between.high)
        table.add_row(one.engine, one.set, *map(str, cells))
    return table


def _review_table(results: Sequence[bench.EngineResult]) -> Table:
    table = Table("engine", "set", "to review, %", "the rest", "total", "date", "merchant wrong")
    for one in results:
        table.add_row(one.engine, one.set, *map(str, msgspec.structs.astuple(one.score.review)))
    return table
