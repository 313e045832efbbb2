"""What `make lambda` measured, as tables, from `docs/data/lambda.json`."""

from collections import Counter

import msgspec

from lab.prove.lambda_run.record import FunctionFigures, Recorded
from lab.publish.pages.measured_on import measured_on
from lab.support.paths import DATA


def lambda_run() -> str:
    """Each function and each policy of the kept run, and where it was run."""
    kept = msgspec.json.decode((DATA / "lambda.json").read_bytes(), type=Recorded)
    head = "| function | events | calls | cold start, ms | of it processor, ms | MB | /tmp, MB |"
    rows = [_row(name, one) for name, one in kept.functions.items()]
    asked: Counter[str] = Counter()
    for one in kept.calls:
        asked[one.request.who] += one.times
    whole, kinds = sum(asked.values()), len(kept.calls)
    left_out = "; ".join(kept.left_out) or "nothing"
    summary = (
        f"{whole:,} calls of {kinds} kinds by {len(asked)} principals were judged: none was "
        "denied, and no right of the template was left unused. Run under "
        f"`{kept.client}` on Python {kept.python}; left out was {left_out}. "
        f"{measured_on(kept.provenance)}, beside other work."
    )
    return "\n".join([head, "|---|--:|--:|--:|--:|--:|--:|", *rows, "", summary])


def _row(name: str, one: FunctionFigures) -> str:
    first = one.processes[0]
    memory_mb = max(it.memory_mb for it in one.processes)
    scratch_mb = max(it.scratch_mb for it in one.processes)
    return (
        f"| {name} | {one.invocations:,} | {one.calls:,} | {first.init_ms:,.0f} "
        f"| {first.init_cpu_ms:,.0f} | {memory_mb:.0f} | {scratch_mb:.1f} |"
    )
