"""Each pattern on the real emulator, with Tesseract, the agent and PostgreSQL, in short."""

import pytest

from helpers.iam import NEEDED_FOR
from helpers.template_parts import listed, statements
from lab.measure.patterns.catalogue import PATTERNS
from lab.measure.patterns.deployment import upload
from lab.measure.patterns.results import pattern_row
from lab.measure.patterns.run import run_pattern
from lab.measure.patterns.workload import make_workload
from lab.run.local.deployment import Choices
from lab.run.local.system import local_system
from lab.run.photos import receipt_set

pytestmark = pytest.mark.slow

RECEIPTS = 4


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    images = receipt_set(RECEIPTS, seed=7, cache_dir=tmp_path_factory.mktemp("rendered")).images
    laptop = Choices(concurrency=2, ocr_engine="tesseract")
    with local_system(laptop) as system, system.agent(rows_per_second=1_000.0) as agent:
        yield system, agent, upload(system, images)


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_each_good_receipt_is_stored_once_whatever_carries_it(ground, pattern):
    system, agent, sources = ground
    given = make_workload(RECEIPTS, has_queue=pattern.has_queue, slow_s=0.0)
    seen = run_pattern(
        system,
        pattern,
        given,
        sources,
        concurrency=2,
        progress=lambda _stored, _good: None,
        agent=agent,
    )
    if pattern.has_queue:
        assert (seen.stored, seen.dead_letters) == (RECEIPTS - 1, 1)
        assert seen.failed > len(given.faults.failing)  # and the poison, again and again
        assert (seen.dead_letter_holds_message, seen.ledger_knows) == (True, True)
    else:
        assert (seen.stored, seen.dead_letters) == (RECEIPTS, 0)
        assert (seen.delivered, seen.failed) == (len(given.order), 0)
    done = {NEEDED_FOR.get(operation, operation) for operation in seen.calls}
    assert done == rights(pattern.name), "the role allows what is done, and nothing else"
    assert pattern_row(pattern, seen).measured["stored"].source == "local emulator"


def rights(name: str) -> set[str]:
    """What the reader's role allows it, but for its logs and what Lambda polls with it."""
    actions = {
        action
        for role, statement in statements(PATTERNS[name].template())
        if role == "ReadRole"
        for action in listed(statement["Action"])
    }
    polling = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    return {it for it in actions - polling if not it.startswith(("logs:", "kinesis:"))}
