"""Values that pages print: from where they are true, in words that fit a sentence."""

import re
from decimal import Decimal
from typing import Any

import botocore.session
import pytest
from botocore.model import StructureShape

from lab.plan import quotas
from lab.publish.pages import render_values
from lab.publish.pages.chunking import chunking
from lab.publish.pages.decisions import records
from lab.publish.pages.glossary import link_terms, terms
from lab.publish.pages.search import ALSO_CALLED
from lab.publish.pages.values import Code, duration, namespace, printed, size
from lab.support.paths import DOCS
from receipts.agent.config import load
from receipts.batch import MAX_FILES


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (864_000, "10 days"),
        (86_400, "1 day"),
        (720, "12 minutes"),
        (90, "90 seconds"),
        (1, "1 second"),
    ],
)
def test_a_duration_is_told_in_the_largest_unit_that_fits_evenly(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"), [(5 * 1000**3, "5 GB"), (25 * 1024**2, "25 MiB"), (17, "17 bytes")]
)
def test_a_size_is_told_in_the_largest_unit_that_fits_evenly(count, words):
    assert size(count) == words


@pytest.mark.parametrize(
    ("value", "words"), [(10_000, "10,000"), (0.1, "0.1"), (Decimal("0.0000002"), "0.0000002")]
)
def test_a_number_is_told_as_people_write_it(value, words):
    assert printed(value) == words


def test_a_group_of_values_is_refused():
    with pytest.raises(TypeError, match="a group of values"):
        printed({"Timeout": 10})


def test_a_value_of_the_code_is_found_by_its_dotted_name():
    code: Any = Code("receipts")
    assert code.batch.MAX_FILES == MAX_FILES
    with pytest.raises(AttributeError):
        _ = code.batch.MAX_PONIES


def test_a_parameter_of_the_template_stands_for_its_default():
    rules = namespace()["template"]["ReceiptsBucket"]["LifecycleConfiguration"]["Rules"]
    assert isinstance(rules[0]["ExpirationInDays"], int)


def test_every_quota_that_lambda_s_service_model_knows_is_as_the_pinned_model_says():
    model = botocore.session.get_session().get_service_model("lambda")
    known = {
        "MAXIMUM_CONCURRENCY_LOW": model.shape_for("MaximumConcurrency").metadata["min"],
        "MAXIMUM_CONCURRENCY_HIGH": model.shape_for("MaximumConcurrency").metadata["max"],
        "MAPPING_BATCH": model.shape_for("BatchSize").metadata["max"],
        "MAPPING_WINDOW": model.shape_for("MaximumBatchingWindowInSeconds").metadata["max"],
        "POLLERS_HIGH": model.shape_for("MinimumNumberOfPollers").metadata["max"],
    }
    assert {name: quotas.BY_NAME[name].value for name in known} == known


def test_every_quota_that_the_queue_s_service_model_tells_is_as_the_pinned_model_says():
    model = botocore.session.get_session().get_service_model("sqs")
    attributes = model.operation_model("SetQueueAttributes").input_shape
    assert attributes is not None
    told = attributes.members["Attributes"].documentation

    def bounds(name: str) -> list[int]:
        found = re.search(rf"<code>{name}</code> .*?from ([\d,]+).*?to ([\d,]+)", told)
        assert found is not None
        return [int(number.replace(",", "")) for number in found.groups()]

    assert bounds("MessageRetentionPeriod") == [
        quotas.BY_NAME["QUEUE_RETENTION_LOW"].value,
        quotas.BY_NAME["QUEUE_RETENTION_HIGH"].value,
    ]
    assert bounds("ReceiveMessageWaitTimeSeconds")[1] == quotas.BY_NAME["QUEUE_LONG_POLL"].value
    assert bounds("VisibilityTimeout")[1] == quotas.BY_NAME["QUEUE_VISIBILITY"].value * 3600
    assert bounds("MaximumMessageSize")[1] == quotas.BY_NAME["QUEUE_MESSAGE"].value * 1024**2


def test_what_rds_proxy_takes_as_a_target_and_its_patience_are_as_the_pinned_model_says():
    model = botocore.session.get_session().get_service_model("rds")
    targets = model.operation_model("RegisterDBProxyTargets").input_shape
    assert targets is not None
    assert {"DBInstanceIdentifiers", "DBClusterIdentifiers"} == {
        name for name in targets.members if name not in {"DBProxyName", "TargetGroupName"}
    }
    shape = model.shape_for("ConnectionPoolConfiguration")
    assert isinstance(shape, StructureShape)
    pool = shape.members
    told = " ".join(re.sub("<[^>]+>", " ", pool["ConnectionBorrowTimeout"].documentation).split())
    assert f"Default: {quotas.BY_NAME['PROXY_BORROW'].value} " in told
    told = " ".join(re.sub("<[^>]+>", " ", pool["MaxConnectionsPercent"].documentation).split())
    assert f"{quotas.BY_NAME['PROXY_POOL'].value} for all other engines" in told


def test_a_table_of_quotas_with_a_name_that_there_is_not_stops_the_build():
    render_values.load_sources()
    with pytest.raises(ValueError, match=r"docs/x.md: KeyError: 'NO_SUCH_QUOTA'"):
        render_values.render('{{ quotas("API_PAYLOAD NO_SUCH_QUOTA") }}', "x.md")


def test_duration_alone_costs_the_same_however_it_is_cut():
    assert chunking(60) == chunking(600) == "1.000"


def test_cutting_finer_costs_more_once_requests_and_starts_are_counted():
    assert chunking(60, requests=True) == "1.007"
    assert chunking(600, requests=True, memory=128) == "1.957"
    assert chunking(600, requests=True, init=2) == "20.4"


def test_the_agent_s_example_file_is_one_that_the_agent_takes():
    assert load(DOCS / "how-to" / "agent.toml").schedule


def test_every_decision_record_has_its_own_number_title_and_status():
    numbers = [record.number for record in records(DOCS / "decisions")]
    assert numbers
    assert numbers == sorted(set(numbers))


def test_a_page_that_the_search_knows_by_other_names_is_there() -> None:
    assert [path for path in ALSO_CALLED if not (DOCS / path).is_file()] == []


def test_no_form_belongs_to_two_terms():
    forms = [form.lower() for term in terms() for form in (term.term, *term.forms)]
    assert sorted(forms) == sorted(set(forms))


def test_a_term_is_linked_where_it_is_used_first_and_only_there():
    page = link_terms("<p>A DLQ, and a DLQ.</p>", "glossary.html")
    assert page.count("<a ") == 1
    assert page.startswith('<p>A <a class="term" href="glossary.html#dead-letter-queue-dlq"')


@pytest.mark.parametrize(
    "html",
    [
        "<h2>The ledger</h2>",
        "<p><code>ledger</code></p>",
        '<p><a href="x">the ledger</a></p>',
        "<p>pre-ledger and ledgers-to-be</p>",
        "<!-- ledger -->",
    ],
)
def test_headings_code_links_and_parts_of_words_are_left_alone(html):
    assert link_terms(html, "glossary.html") == html


def test_what_is_not_text_comes_through_unchanged():
    html = '<p>a &amp; b &#8211; <br/><img src="x.png" alt="1 > 0"></p>'
    assert link_terms(html, "glossary.html") == html
