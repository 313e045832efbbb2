"""What a rule rests on is there, and shows what the rule says."""

import pytest
from msgspec import structs

from diagram_check.template.sam_template import read_template
from lab.plan import quotas
from lab.plan.facts import DESTINATION_CLOCK, WEBHOOK_CLOCK
from lab.plan.plan import plan
from lab.plan.settings import Outage, Settings
from lab.prove.simulation.bugs import AS_DEPLOYED, ASSUMPTIONS, BUGS
from lab.prove.simulation.run import simulate
from lab.review.catalogue import Rule, catalogue
from lab.review.evidence import KINDS, describe
from lab.review.figures import FIGURES, REFUSED_S, SLOW_S, figure
from lab.review.judge import Design, judge, numbers
from lab.review.site_data import DESIGNS, answers_of
from lab.support.paths import ROOT
from receipts.agent.writer import MAX_RECEIVES

KNOWN = catalogue()
RULES = [(prop.id, rule) for prop in KNOWN.properties for rule in prop.rules]
BUG_OF = {it.name: it for it in BUGS + ASSUMPTIONS}
SHOWN_BREAKING = {"simulation", "model", "answer"}


@pytest.mark.parametrize(("name", "seed"), KNOWN.seeds.items())
def test_a_simulated_mistake_breaks_its_promise_and_without_it_the_seed_holds(
    name: str, seed: int
) -> None:
    bug = BUG_OF[name]
    assert simulate(seed, bug).broken is bug.breaks
    assert simulate(seed, AS_DEPLOYED).violated is None


def test_every_seed_is_used() -> None:
    named = {it for _, rule in RULES for it in rule.evidence}
    assert {f"simulation:{it}" for it in KNOWN.seeds} <= named
    assert {f"page:{it}" for it in KNOWN.sources} <= named
    assert {f"model:{it}" for it in FIGURES} <= named


@pytest.mark.parametrize(("where", "rule"), RULES)
def test_all_evidence_can_be_described(where: str, rule: Rule) -> None:
    for it in rule.evidence:
        shown = describe(it)
        assert shown.text, where
        assert shown.kind in KINDS


@pytest.mark.parametrize(("where", "rule"), [it for it in RULES if it[1].verdict == "breaks"])
def test_what_breaks_is_shown_breaking_and_no_page_alone_says_so(where: str, rule: Rule) -> None:
    assert {it.partition(":")[0] for it in rule.evidence} & SHOWN_BREAKING, where


def test_a_figure_breaks_where_its_rule_breaks_and_holds_where_it_holds() -> None:
    compared = set()
    for path in DESIGNS.glob("*.py"):
        design = answers_of(path)
        for verdict in judge(design):
            for it in (e for rule in verdict.rules for e in rule.evidence):
                kind, _, name = it.partition(":")
                if kind == "model" and verdict.word in {"holds", "breaks"}:
                    breaks = figure(name, numbers(design)).breaks
                    assert breaks == (verdict.word == "breaks"), (path.stem, verdict.property)
                    compared.add(name)
    said = {
        "async_clock",
        "dlq_retention",
        "photo_in_a_request",
        "rate_of_two_functions",
        "receives",
        "rows_a_run",
        "unlimited_readers",
    }
    assert compared == set(FIGURES) - said
    assert figure("unlimited_readers").breaks
    assert not figure("photo_in_a_request").breaks


SMALL = Settings(receipts=3_000, batch_receipts=300, rate=5.0, app_load=0.0)


@pytest.mark.parametrize("days", [0.002, 0.005, 0.02, 0.1])
def test_what_the_bench_says_of_draining_the_planner_sees(days: float) -> None:
    planned = plan(structs.replace(SMALL, retention_days=days))
    said: Design = {"waits": "sqs", "rate": 5.0, "receipts": 3_000, "retention_days": days}
    (drain,) = (it for it in judge(said) if it.property == "drain")
    assert (drain.word == "breaks") == (planned.expired_unwritten > 0)


@pytest.mark.parametrize("hours", [2.0, 30.0])
def test_what_the_bench_says_of_an_outage_longer_than_the_retention_the_planner_sees(
    hours: float,
) -> None:
    planned = plan(structs.replace(SMALL, retention_days=1.0, outages=(Outage(0.0, hours),)))
    said = answers_of(DESIGNS / "on_premises_buffer.py") | {
        "retention_days": 1.0,
        "outage_hours": hours,
    }
    (away,) = (it for it in judge(said) if it.property == "away")
    assert (away.word == "breaks") == (planned.expired_unwritten > 0)


DAY = Settings(
    receipts=5_000,
    batch_receipts=20,
    arrival="office",
    start_hour=0.0,
    writer="lambda",
    connections=2,
    write_batch=10,
    failing_try_seconds=REFUSED_S,
    outages=(Outage(9.0, 24.0),),
)
"""Two functions on a queue, ten messages each, and a database that refuses them for a day."""


@pytest.mark.parametrize(("tries", "visibility_s"), [(5, 120), (100, 120), (1000, 120), (97, 900)])
def test_receives_are_used_up_in_the_figure_where_the_planner_dead_letters(
    tries: int, visibility_s: int
) -> None:
    said = answers_of(DESIGNS / "queue_and_function_well_set.py") | {
        "receipts": DAY.receipts,
        "tries": tries,
        "visibility_s": visibility_s,
    }
    planned = plan(structs.replace(DAY, max_receives=tries, visibility_seconds=visibility_s))
    (away,) = (it for it in judge(said) if it.property == "away")
    assert (away.word == "holds") == (planned.dead_lettered == 0)
    assert figure("receives", numbers(said)).breaks == (planned.dead_lettered > 0)


@pytest.mark.parametrize(
    ("tries", "visibility_s", "waiting", "so"),
    [
        (5, 120, 200_000, "breaks, unless nearly every try times out"),
        (5, 120, 100, "breaks, however a try fails"),
        (1000, 30, 40_000, "none is given up"),
    ],
)
def test_what_a_days_outage_does_to_receives_is_said_of_the_numbers_chosen(
    tries: int, visibility_s: int, waiting: int, so: str
) -> None:
    said = {"tries": tries, "visibility_s": visibility_s, "receipts": waiting}
    assert so in figure("receives", said).text


def test_more_messages_in_hand_use_up_more_receives() -> None:
    said = {"tries": 100, "visibility_s": 120, "receipts": 200_000}
    few, many = (figure("receives", said | {"in_hand": it}) for it in (20, 400))
    assert "20 in hand at once" in few.text
    assert (few.breaks, many.breaks) == (False, True)


def test_what_is_in_hand_has_one_default() -> None:
    said = answers_of(DESIGNS / "queue_and_function.py")
    default = catalogue().question("in_hand").default
    assert figure("receives", numbers(said)) == figure(
        "receives", numbers(said | {"in_hand": str(default)})
    )
    unsaid = {name: it for name, it in numbers(said).items() if name != "in_hand"}
    assert figure("receives", unsaid) == figure("receives", numbers(said))


def test_no_queue_keeps_longer_than_sqs_can_whatever_a_design_says() -> None:
    said: Design = {"waits": "sqs", "rate": 0.1, "receipts": 200_000, "retention_days": 30}
    (drain,) = (it for it in judge(said) if it.property == "drain")
    assert drain.word == "breaks"
    assert "kept for 14 days" in figure("drain", numbers(said)).text
    assert numbers({**said, "waits": "kinesis"})["kept_hours"] == 30 * 24


def test_no_answer_is_above_what_sqs_takes() -> None:
    assert KNOWN.question("tries").most == MAX_RECEIVES
    assert KNOWN.question("visibility_s").most == quotas.BY_NAME["QUEUE_VISIBILITY"].value * 3600


def test_our_own_drawing_has_the_templates_numbers() -> None:
    ours = read_template(ROOT / "reference/template.yaml").resources["WriteQueue"].properties
    said = answers_of(DESIGNS / "on_premises_buffer.py")
    assert said["tries"] == ours["RedrivePolicy"]["maxReceiveCount"]
    assert said["visibility_s"] == ours["VisibilityTimeout"]
    assert float(said["retention_days"]) * 86_400 == ours["MessageRetentionPeriod"]


@pytest.mark.parametrize(
    ("waits", "clock"), [("bus_classic", DESTINATION_CLOCK), ("sns", WEBHOOK_CLOCK)]
)
def test_a_service_with_a_clock_of_its_own_breaks_just_when_it_ends(waits: str, clock) -> None:
    for hours, word in ((clock.value - 0.5, "not judged"), (clock.value, "breaks")):
        design = {"waits": waits, "writer": "api_destination", "order": "commit_first"}
        (away,) = (it for it in judge(design | {"outage_hours": hours}) if it.property == "away")
        assert away.word == word


def test_what_is_said_of_templates_stands_in_them() -> None:
    ours = read_template(ROOT / "reference/template.yaml").resources
    kinds = {it.type.split("::")[1] for it in ours.values()}
    assert not kinds & {"EC2", "SecretsManager", "VpcLattice"}
    named = {it for _, rule in RULES for it in rule.evidence if it.startswith("template:")}
    parts = {it.partition("#")[2] for it in named}
    assert parts == {"no way in", "no secret"}


def test_the_figure_of_receives_has_the_numbers_of_our_template_of_that_design() -> None:
    path = ROOT / "reference/lab/alternatives/lambda_over_vpn.yaml"
    parts = {name: it.properties for name, it in read_template(path).resources.items()}
    mapping = parts["StoreMapping"]
    in_hand = mapping["BatchSize"] * mapping["ScalingConfig"]["MaximumConcurrency"]
    assert in_hand == catalogue().question("in_hand").default
    assert parts["StoreFunction"]["Timeout"] == SLOW_S


def test_runs_and_drills_of_our_agent_alone_let_nobody_elses_code_hold() -> None:
    """A second diagram that says nothing of our agent rests on its own answer as well."""
    of_ours = {"soak", "drill", "template"}
    for where, rule in RULES:
        kinds = {it.partition(":")[0] for it in rule.evidence}
        if rule.verdict == "holds" and kinds <= of_ours:
            assert rule.when.get("pace") == ("ours",), where
