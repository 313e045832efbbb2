"""The page of `make lambda` tells what its data file holds."""

import msgspec

from lab.prove.lambda_run.record import Recorded
from lab.publish.pages.lambda_run import lambda_run
from lab.support.paths import DATA


def test_each_function_of_the_kept_run_has_its_row_and_its_calls() -> None:
    kept = msgspec.json.decode((DATA / "lambda.json").read_bytes(), type=Recorded)
    text = lambda_run()
    for name, one in kept.functions.items():
        assert f"| {name} | {one.invocations:,} | {one.calls:,} |" in text
    assert f"{sum(it.times for it in kept.calls):,} calls of {len(kept.calls)} kinds" in text
    assert f"{kept.provenance.date} on {kept.provenance.cores} cores" in text
