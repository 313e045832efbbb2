"""The agent's own page in a real browser: on fakes, and once on a real agent."""

import contextlib
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from helpers.fakes_agent import bodies
from helpers.in_browser import broken_rules, opened
from helpers.paged_agent import ROWS, PagedAgent
from lab.run.local.emulator import Emulator, running_emulator
from lab.run.local.processes import running_process
from lab.run.postgres import running_postgres
from lab.support.free_port import free_port
from lab.support.paths import REFERENCE

SCRIPT = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
LOG = logging.getLogger("receipts.agent")


@pytest.fixture
def agent() -> PagedAgent:
    return PagedAgent(messages=20 * ROWS)


@pytest.fixture
def address(agent: PagedAgent) -> Iterator[str]:
    with agent.address() as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str, noise: list[str]) -> Iterator[Page]:
    page = opened(browser, address, noise, within=address)
    yield page
    page.context.close()
    assert noise == []


def stop(page: Page, name: str) -> Any:
    return expect(page.locator(".ag-stop").filter(has=page.get_by_role("heading", name=name)))


def test_it_follows_the_agent_from_state_to_state(page: Page, agent: PagedAgent):
    doing = expect(page.get_by_role("status"))
    doing.to_contain_text("It starts.")
    agent.cycles(4)
    doing.to_contain_text("20 are allowed")
    stop(page, "Write queue").to_contain_text("The last call brought 20 of the 20 it asked for.")
    stop(page, "Write queue").to_contain_text("has no right to count")
    stop(page, "Database").to_contain_text("holds the writer's lock")
    agent.inbox.away = True
    agent.cycles(12)
    doing.to_contain_text("The database doesn't take rows.")
    stop(page, "Database").to_have_class("ag-stop bad")
    expect(page.locator(".ag-error")).to_contain_text("the database took nothing: away")
    expect(page.get_by_role("log")).to_contain_text("times): away")
    agent.inbox.away, agent.inbox.other_agent = False, True
    agent.time.now += 120
    agent.cycles(2)
    doing.to_contain_text("It stands by: another agent writes.")
    stop(page, "This agent").to_contain_text("stand-by")
    expect(page.locator(".ag-error")).to_be_hidden()


def test_a_page_that_opens_late_has_the_minutes_before(
    browser: Browser, address: str, agent: PagedAgent, noise: list[str]
):
    agent.cycles(4)
    page = opened(browser, address, noise, within=address)
    expect(page.locator(".rl-term").filter(has_text="rows written")).to_contain_text("20")
    assert page.evaluate("ReceiptsLive.sizes().samples") >= 2  # one of before it was open
    page.context.close()
    assert noise == []


def test_what_a_reason_says_is_text(page: Page, agent: PagedAgent):
    agent.metrics.audited([SCRIPT])
    LOG.warning("the database took nothing", extra={"reason": SCRIPT})
    LOG.warning("set aside", extra={"receipt_id": SCRIPT, "reason": SCRIPT})
    agent.inbox.away = True
    agent.cycles(4)
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text(SCRIPT)
    expect(page.get_by_role("log")).to_contain_text(SCRIPT)
    expect(page.get_by_role("listitem")).to_contain_text(SCRIPT)
    assert page.locator("img[src=x], .rl script").count() == 0
    assert page.title() == "Receipts agent"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_breaks_no_rule_of_accessibility_fits_a_phone_and_is_read_by_keyboard(
    browser: Browser, address: str, agent: PagedAgent, noise: list[str], mode: str
):
    agent.inbox.refuses = lambda result: result.index == 2
    agent.cycles(40)
    agent.inbox.away = True
    agent.cycles(12)
    agent.metrics.audited(["trigger stamp is not of inbox.sql"])
    for width in (1440, 390):
        size = {"width": width, "height": 844}
        page = opened(browser, address, noise, within=address, color_scheme=mode, viewport=size)
        expect(page.get_by_role("status")).to_contain_text("The database doesn't take rows")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert broken_rules(page) == []
        page.keyboard.press("Tab")
        expect(page.get_by_role("group", name="Set aside, and why")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("log")).to_be_focused()
        page.context.close()
    assert noise == []


def test_an_hour_of_answers_grows_nothing(page: Page, agent: PagedAgent, address: str):
    agent.cycles(4)
    expect(page.get_by_role("status")).to_contain_text("20 are allowed")
    status = page.request.get(f"{address}status").json()
    feed = """([status, count, from]) => {
        for (let i = from; i < from + count; i += 1) {
            const at = new Date(Date.parse(status.now.at) + 1000 * i).toISOString();
            const line = { at, level: "INFO", said: `line ${i}`, added: {}, times: 1 };
            const now = { ...status.now, at };
            ReceiptsLive.show({ ...status, now, lines: Array(40).fill(line) });
        }
        return ReceiptsLive.sizes();
    }"""
    before = page.evaluate(feed, [status, 400, 0])
    assert page.evaluate(feed, [status, 3600, 400]) == before


@pytest.fixture
def real_agent(tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """Its address and process: a real queue, ledger and database, and thirty results to write."""
    with ExitStack() as stack:
        emulator = stack.enter_context(running_emulator())
        server = stack.enter_context(running_postgres())
        port = free_port()
        settings = {
            **given_parts(emulator),
            "database": server.conninfo(user="receipts_agent"),
            "rows_per_second": 20,
            "rows_per_transaction": 2,
            "poll_seconds": 1,
            "metrics_port": port,
            "page": True,
        }
        lines = (f"{name} = {json.encode(value).decode()}\n" for name, value in settings.items())
        config = tmp_path / "agent.toml"
        config.write_text("".join(lines))
        process = stack.enter_context(
            running_process(
                [sys.executable, "-m", "commands", "agent", "--config", str(config)],
                env=os.environ | emulator.environment | {"PYTHONPATH": str(REFERENCE)},
                cwd=tmp_path,
                log=tmp_path / "agent.log",
            )
        )
        yield f"http://127.0.0.1:{port}/", process


def given_parts(emulator: Emulator) -> dict[str, object]:
    sqs, dynamodb = emulator.client("sqs"), emulator.client("dynamodb")
    queue, dead = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("write", "dead"))
    for body in bodies(*range(1, 31)):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    keys = {"batch_id": "HASH", "entry": "RANGE"}
    dynamodb.create_table(
        TableName="ledger",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": it, "AttributeType": "S"} for it in keys],
        KeySchema=[{"AttributeName": it, "KeyType": kind} for it, kind in keys.items()],
    )
    return {"queue_url": queue, "dead_letter_url": dead, "ledger_table": "ledger"}


def test_a_real_agent_is_watched_while_it_writes_and_ends_though_it_is_watched(
    browser: Browser, real_agent: tuple[str, Any]
):
    address, process = real_agent
    page = browser.new_page()
    for _ in range(200):
        with contextlib.suppress(PlaywrightError):  # refused until it serves
            page.goto(address)
            break
        page.wait_for_timeout(100)
    page.set_default_timeout(60_000)
    written = page.locator(".rl-term").filter(has_text="rows written").locator("b")
    expect(written).to_have_text("30", timeout=60_000)
    stop(page, "Database").to_contain_text(re.compile(r"\d+ transactions, \d+\.\d ms each"))
    process.terminate()
    assert process.wait(timeout=30) == 0
    expect(page.get_by_role("status")).to_contain_text("No answer since", timeout=20_000)
    expect(written).to_have_text("30")
    page.close()
