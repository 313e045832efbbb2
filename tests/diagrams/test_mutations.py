"""Every single change to a template's wiring, and to the sheets, is caught or listed with why.

One at a time: a resource goes, a permission goes, a reference leads to another resource, an event
source goes; an arrow goes, or leads elsewhere. Each must make some sheet disagree.
"""

import copy
import dataclasses
import functools
import pathlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import yaml

import drift_exceptions
from diagram_check.compare import differences
from diagram_check.picture import Picture
from diagram_check.template import TopologyError
from diagram_check.template.sam_template import from_document, plain
from drawing.drift import claims, drift, find_undrawn, picture
from drawing.loader import read_sheet
from drawing.model import DrawnArrow, SheetError
from drawing.sheet import TEMPLATE, Sheet, with_templates
from helpers.single_changes import deletions, redirections
from lab.support.paths import ROOT
from render import name_of
from render import sheets as sheet_files

pytestmark = pytest.mark.slow

Document = dict[str, Any]

# Mutations that no sheet notices, by pattern, and why that is right. A stale entry fails too.
SURVIVE = {
    r".* (\w+Logs \(AWS::Logs::LogGroup\)|\w+\.LoggingConfig.*)": "logs are on no sheet",
    r"(delete|redirect) \w+Role\.Policies\.0\.PolicyDocument\.Statement\.(1|2|4|5)(\..*)?": (
        "writing logs is on no sheet"
    ),
    r"delete AgentPolicy\.PolicyDocument\.Statement\.[026]\.Action\.\d": (
        "an action beside another that moves the same data the same way, or that moves none"
    ),
    r"delete (Split|Read)Role\.Policies\.0\.PolicyDocument\.Statement\.0\.Action\.3": (
        "to give a message back moves none"
    ),
    r".*(Operator|DeadLetter|Erasure|Sender|Tracing)Policy\b.*": (
        "what a person does by hand, and what is an option, is on no sheet; "
        "tests/template/test_least_privilege.py and tests/lab/prove/iam hold the rights"
    ),
    r".*Agent(Role|Profile|TrustAnchor)\b.*": (
        "how an agent shows who it is; tests/helpers/aws_alone_rules.py holds its conditions"
    ),
    r".*Dashboard.*": "it shows what there is; tests/helpers/aws_alone_rules.py holds it to that",
    r".*\.(CorsConfiguration|AccessLogSettings)\b.*": "browsers and logs are on no sheet",
    r".*Reconcile(Schedule)?Role\..*": (
        "of several actions that move the same data one is enough for the arrow; "
        "tests/lab/prove/iam finds each that is missing or too many"
    ),
    r"redirect ReconcileFunction\.Environment\.Variables\.UPLOAD_QUEUE_URL.*": (
        "reconcile's way to that queue is on no sheet; tests/commands holds what it sends"
    ),
    r"delete ReadRole\.Policies\.0\.PolicyDocument\.Statement\.1\.Resource\.\d": (
        "two prefixes of one bucket: either keeps the one arrow true"
    ),
    r"delete \w+Mapping\.FunctionResponseTypes\.0": (
        "how a partial batch is answered moves nothing elsewhere"
    ),
    r".*(Alarm|Authorizer|ReceiptsBucketPolicy).*": (
        "who may ask and who is woken is on no sheet; tests/template/test_template.py holds it"
    ),
    r".*((UploadDlq|Receipt(Queue|Dlq)|Write(Queue|Dlq))Policy|UploadQueuePolicy.*\.1\b).*": (
        "it only forbids what comes in the clear; tests/template/test_template.py holds it"
    ),
    r"delete AgentPolicy\.PolicyDocument\.Statement\.2\.Condition.*": (
        "which attributes it may change; tests/template/test_least_privilege.py holds it"
    ),
    r"delete UploadQueuePolicy\..*\.Condition": "it narrows who may send; the arrow stays allowed",
    r"delete (Ledger|ReceiptsBucket)\.(KeySchema|Attr|Lifecycle|BucketEncryption).*": (
        "how it keeps things, not what reaches it"
    ),
}
# The same for the templates of the lab; an entry need not be needed by each, but by one.
LAB_SURVIVE = {
    r".* (\w+Logs \(AWS::Logs::LogGroup\)|\w+\.LoggingConfig.*)": "logs are on no sheet",
    r".*Alarm.*": "who is woken is on no sheet; tests/template/test_template.py holds it",
    r"delete \w+Role\.Policies\.0\.PolicyDocument\.Statement\.\d(\..*)?": (
        "writing logs, and one of two prefixes or actions that move the same data"
    ),
    r"redirect \w+Role\.Policies\.0\.PolicyDocument\.Statement\.[4-6]\.Resource\..*": (
        "writing logs is on no sheet"
    ),
    r".* StoreMapping\.DependsOn\..*": "what is made first is on no sheet",
    r"delete \w+Mapping\.FunctionResponseTypes\.0": "how a partial batch is answered",
    r"delete \w+Policy\..*\.Condition": "it narrows who may send; the arrow stays allowed",
    r"delete TopicMaySend\..*\.Condition": "it narrows who may send; the arrow stays allowed",
    r"delete Receipt(Rule|Archive)\.EventPattern\..*": "which events, not where they go",
    r"(.*Endpoint.*|delete StoreSecurityGroup\.SecurityGroupEgress\.1)": (
        "the way to AWS's own services is on no sheet"
    ),
    r"delete \w+Function\.Architectures\.0": "what it runs on, not what reaches it",
}
# The same for changes to sheets: what stands outside every template.
OUTSIDE_ANY_TEMPLATE = "an arrow with evidence= : no template owns it, its file or source does"


def read(where: str) -> tuple[Document, dict[tuple[str, ...], int]]:
    """A template's document and its lines."""
    lines: dict[tuple[str, ...], int] = {}
    tree = yaml.compose((ROOT / where).read_text(), yaml.CSafeLoader)
    assert tree is not None
    return plain(tree, (), lines), lines


def complaint(
    where: str, files: Sequence[pathlib.Path], document: Document, lines: dict[tuple[str, ...], int]
) -> str:
    """What the tests would say if this were the template; "" for nothing.

    `files` are the sheets that are held to it. Most changes show on the pictures as they are; only
    what does not is worth drawing them all anew, for a number that they can't find any more.
    """
    try:
        template = from_document(document, lines, where)
        for path in files:
            if found := differences(as_it_is(path), template):
                return str(found[0])
        with with_templates({where: template}):
            sheets = [read_sheet(path) for path in files]
            if found := [it for sheet in sheets for it in drift(sheet, template)]:
                return str(found[0])
    except (SheetError, TopologyError, KeyError) as error:
        return str(error)
    return next((str(it) for it in find_undrawn(sheets, template, *drift_exceptions.of(where))), "")


@functools.cache
def as_it_is(path: pathlib.Path) -> Picture:
    return picture(read_sheet(path))


@functools.cache
def survivors(where: str, files: tuple[pathlib.Path, ...]) -> list[str]:
    """The mutations that no sheet notices."""
    document, lines = read(where)
    assert complaint(where, files, document, lines) == ""
    return [
        name
        for kind in (deletions, redirections)
        for name, mutant in kind(document)
        if not complaint(where, files, mutant, lines)
    ]


def test_every_mutation_of_the_template_is_caught_or_listed(sheets: dict[str, Sheet]) -> None:
    found = survivors_of(TEMPLATE, sheets)
    unlisted = [it for it in found if not any(re.fullmatch(p, it) for p in SURVIVE)]
    assert unlisted == [], "a change that no sheet notices"
    stale = [p for p in SURVIVE if not any(re.fullmatch(p, it) for it in found)]
    assert stale == [], "reasons that are no longer needed"


LABS = [str(it.relative_to(ROOT)) for it in sorted((ROOT / "reference" / "lab").rglob("*.yaml"))]


@pytest.mark.parametrize("where", LABS)
def test_every_mutation_of_the_labs_templates_is_caught_or_listed(
    where: str, sheets: dict[str, Sheet]
) -> None:
    found = survivors_of(where, sheets)
    unlisted = [it for it in found if not any(re.fullmatch(p, it) for p in LAB_SURVIVE)]
    assert unlisted == [], "a change that no sheet notices"


def test_no_reason_is_left_that_no_template_of_the_lab_needs(sheets: dict[str, Sheet]) -> None:
    found = [it for where in LABS for it in survivors_of(where, sheets)]
    stale = [p for p in LAB_SURVIVE if not any(re.fullmatch(p, it) for it in found)]
    assert stale == [], "reasons that are no longer needed"


def survivors_of(where: str, sheets: dict[str, Sheet]) -> list[str]:
    names = {it.name for it in sheets.values() if it.checked and it.template.shown_as == where}
    return survivors(where, tuple(it for it in sheet_files() if name_of(it) in names))


def arrow_mutants(sheet: Sheet) -> Iterator[tuple[str, DrawnArrow, list[DrawnArrow]]]:
    """Each arrow gone, turned round, made one-way, and led to every other node."""
    for index, arrow in enumerate(sheet.arrows):
        rest = sheet.arrows[:index], sheet.arrows[index + 1 :]

        def changed(rest: Any = rest, arrow: DrawnArrow = arrow, **change: Any) -> list[DrawnArrow]:
            return [*rest[0], dataclasses.replace(arrow, **change), *rest[1]]

        told = f"{arrow.source} -> {arrow.target}"
        yield f"delete {told}", arrow, [*rest[0], *rest[1]]
        if arrow.both:
            yield f"make {told} one-way", arrow, changed(both=False)
        elif not arrow.signed_by:
            turned = changed(source=arrow.target, target=arrow.source)
            yield f"turn {told} round", arrow, turned
        for node in sheet.nodes.values():
            alike = sheet.nodes[arrow.target]
            same = (node.resource, node.aws) == (alike.resource, alike.aws)
            if node.name != arrow.source and not same:
                yield f"lead {told} to {node.name}", arrow, changed(target=node.name)


def test_every_mutation_of_an_arrow_is_caught_or_stands_outside(sheet: Sheet) -> None:
    if not sheet.checked:
        return
    survivors, outside = [], 0
    for name, arrow, arrows in arrow_mutants(sheet):
        mutant = copy.copy(sheet)
        mutant.arrows = arrows
        if not drift(mutant, sheet.template):
            if arrow.evidence:
                outside += 1
            elif not twin(sheet, arrow):
                survivors.append(name)
    assert survivors == []
    assert bool(outside) == any(it.evidence for it in sheet.arrows), OUTSIDE_ANY_TEMPLATE


def twin(sheet: Sheet, arrow: DrawnArrow) -> bool:
    """Whether another arrow claims the same: two intake shapes, two tellings of one bucket."""
    return any(
        it is not arrow and set(claims(sheet, arrow)) <= set(claims(sheet, it))
        for it in sheet.arrows
    )


def test_every_node_that_is_renamed_or_taken_away_is_noticed(sheets: dict[str, Sheet]) -> None:
    for sheet in (it for it in sheets.values() if it.checked):
        for name, node in sheet.nodes.items():
            if not node.resource:
                continue
            mutant = copy.copy(sheet)
            mutant.nodes = sheet.nodes | {name: dataclasses.replace(node, resource="Renamed")}
            assert drift(mutant, sheet.template), f"{sheet.name}: {name}"
