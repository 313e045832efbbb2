"""The agent's own page: what it tells, to whom, and that it changes and keeps nothing."""

import logging
import re

import httpx
import pytest

from helpers.paged_agent import ALLOWED, ROWS, PagedAgent
from lab.support.paths import ASSETS
from receipts.agent.metrics import Metrics, serving
from receipts.agent.page import KEPT_LINES, KEPT_SAMPLES, Page
from receipts.messages import ResultMessage


def test_it_tells_what_the_agent_holds_and_what_its_last_call_to_the_queue_brought() -> None:
    agent = PagedAgent(messages=ROWS + 5)
    with agent.page() as page:
        agent.cycles(3)
        now = page.status()["now"]
        assert (now["rows_stored_total"], now["rows_new_total"]) == (ROWS, ROWS)
        assert (now["in_hand"], now["unmarked"]) == (5, 0)
        assert (now["asked"], now["got"]) == (ROWS, 5)
        assert (now["ceiling"], now["share"]) == (ALLOWED.ceiling, ALLOWED.share)


def test_what_is_set_aside_is_told_with_its_reason_and_without_what_the_receipt_says() -> None:
    agent = PagedAgent(messages=3)

    def second(result: ResultMessage) -> bool:
        return result.index == 2

    agent.inbox.refuses = second
    with agent.page() as page, serving(agent.metrics, 0, page) as port:
        agent.cycles(12)
        told = httpx.get(f"http://127.0.0.1:{port}/status")
    [one] = told.json()["set_aside"]
    assert one["added"]["receipt_id"].endswith("-00002")
    assert one["added"]["reason"] == "row 2 is bad"
    assert "Shop" not in told.text
    assert "2.jpg" not in told.text


def test_a_state_has_the_time_since_when_and_the_same_error_again_is_counted() -> None:
    agent = PagedAgent()
    with agent.page() as page:
        agent.cycles(2)
        before = page.status()
        agent.inbox.away = True
        agent.cycles(12)
        status = page.status()
    assert (before["state"], before["healthy"]) == ("writing", True)
    assert (status["state"], status["healthy"]) == ("the database was away", False)
    assert status["probing"]
    assert status["since"] > before["since"]
    [line] = status["lines"]
    assert (line["said"], line["added"]["reason"]) == ("the database took nothing", "away")
    assert line["times"] > 2


def test_one_that_stands_by_says_so() -> None:
    agent = PagedAgent()
    agent.inbox.other_agent = True
    with agent.page() as page:
        agent.cycles(2)
    assert page.status()["state"] == "another agent writes"


def test_hours_of_cycles_and_of_errors_keep_no_more_than_minutes() -> None:
    agent = PagedAgent()
    logger = logging.getLogger("receipts.agent")
    with agent.page() as page:
        for number in range(3 * KEPT_SAMPLES):
            logger.warning("error %d", number, extra={"reason": "x" * 5_000})
            logger.warning("set aside", extra={"receipt_id": number, "reason": "bad"})
            page._samples.extend(list(page._samples)[-1:])  # noqa: SLF001  as if a second had passed
            agent.cycles()
        size = len(str(page.status()))
        for number in range(KEPT_LINES):
            logger.warning("error %d", 100 + number, extra={"reason": "x" * 5_000})
        assert len(str(page.status())) <= size
        assert len(page._samples) == KEPT_SAMPLES  # noqa: SLF001


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("127.0.0.1:9464", 200),
        ("localhost:8080", 200),  # by an SSH tunnel
        ("localhost.evil.example:9464", 403),
        ("evil.example", 403),
        ("", 403),
    ],
)
@pytest.mark.parametrize("path", ["/", "/status", "/samples", "/page.js"])
def test_it_answers_nobody_who_came_under_another_name(host: str, code: int, path: str) -> None:
    assert answer(path, host=host)[0] == code


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/status"])
def test_nothing_can_be_done_by_it(method: str, path: str) -> None:
    assert answer(path, method=method)[0] == 405


def test_each_answer_lets_no_other_site_script_or_frame_in() -> None:
    for path in ("/", "/status", "/samples", "/page.css"):
        _, headers = answer(path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"


def answer(path: str, method: str = "GET", host: str = "localhost") -> tuple[int, dict[str, str]]:
    """As WSGI has it: its code and headers."""
    agent, found = PagedAgent(), []
    page = Page(agent.gate, agent.writer, agent.metrics)
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_HOST": host}
    body = page(environ, lambda *said: found.extend(said))  # type: ignore[arg-type]
    assert body
    code, headers = found
    return int(code.split()[0]), dict(headers)


def test_metrics_and_health_are_as_without_it_and_without_it_there_is_no_page() -> None:
    agent = PagedAgent()
    with agent.address() as address:
        agent.cycles()
        assert "receipts_agent_rows_stored_total" in httpx.get(f"{address}metrics").text
        assert httpx.get(f"{address}health").text == "ok\n"
    with serving(Metrics(), 0) as port:
        for path in ("", "status"):
            text = httpx.get(f"http://127.0.0.1:{port}/{path}").text
            assert "receipts_agent_rows_stored_total" in text


def test_it_listens_no_more_when_the_agent_has_stopped() -> None:
    agent = PagedAgent()
    with agent.page() as page:
        pass
    logging.getLogger("receipts.agent").warning("too late")
    assert page.status()["lines"] == []


def colours(css: str, scheme: str) -> dict[str, str]:
    """The custom properties of a colour scheme."""
    _, begun, rest = css.partition(f'\n[data-md-color-scheme="{scheme}"] {{\n')
    assert begun
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", rest.partition("\n}")[0]))


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_its_colours_are_those_of_the_site(scheme: str) -> None:
    agent = PagedAgent()
    page = Page(agent.gate, agent.writer, agent.metrics)
    own = colours(page._files["/page.css"].decode(), scheme)  # noqa: SLF001
    site = colours((ASSETS / "site" / "site.css").read_text(encoding="utf-8"), scheme)
    assert len(own) > 5
    assert {name: site.get(name) for name in own} == own
