"""AWS's protocol between Lambda and a function's process, held by a client that speaks it."""

import queue
import threading

import httpx
import pytest

from lab.prove.lambda_run import runtime_api
from lab.prove.lambda_run.runtime_api import Invocation, RuntimeApi, handler_of, serving

ARN = "arn:aws:lambda:eu-central-1:1:function:f"


@pytest.fixture
def api():
    return RuntimeApi(queue.Queue(), timeout_s=120, arn=ARN)


@pytest.fixture
def url(api):
    with serving(handler_of(api), 0) as server:
        yield f"http://127.0.0.1:{server.server_port}/2018-06-01/runtime"
        api.close()


def given(api, event) -> Invocation:
    invocation = Invocation(event=event)
    api.events.put(invocation)
    return invocation


def test_an_event_is_asked_for_and_answered(api, url):
    invocation = given(api, {"a": 1})
    assert not api.ready.is_set()
    asked = httpx.get(f"{url}/invocation/next", timeout=120)
    assert api.ready.is_set()
    assert asked.json() == {"a": 1}
    assert asked.headers["Lambda-Runtime-Invoked-Function-Arn"] == ARN
    assert int(asked.headers["Lambda-Runtime-Deadline-Ms"]) > 0
    request_id = asked.headers["Lambda-Runtime-Aws-Request-Id"]
    answered = httpx.post(f"{url}/invocation/{request_id}/response", json={"b": 2}, timeout=120)
    assert (answered.status_code, invocation.answer, invocation.error) == (202, {"b": 2}, "")
    assert invocation.done.is_set()


def test_an_error_is_the_invocations(api, url):
    invocation = given(api, {})
    request_id = httpx.get(f"{url}/invocation/next", timeout=120).headers[
        "Lambda-Runtime-Aws-Request-Id"
    ]
    httpx.post(f"{url}/invocation/{request_id}/error", content=b"it broke", timeout=120)
    assert invocation.done.is_set()
    assert invocation.error == "it broke"


def test_an_answer_that_comes_in_pieces_is_put_together(api, url):
    invocation = given(api, {})
    request_id = httpx.get(f"{url}/invocation/next", timeout=120).headers[
        "Lambda-Runtime-Aws-Request-Id"
    ]
    pieces = iter([b'{"b"', b": 2}"])
    httpx.post(f"{url}/invocation/{request_id}/response", content=pieces, timeout=120)
    assert invocation.answer == {"b": 2}


def test_an_answer_over_lambdas_limit_is_an_error(api, url, monkeypatch):
    monkeypatch.setattr(runtime_api, "MAX_ANSWER_BYTES", 10)
    invocation = given(api, {})
    request_id = httpx.get(f"{url}/invocation/next", timeout=120).headers[
        "Lambda-Runtime-Aws-Request-Id"
    ]
    httpx.post(f"{url}/invocation/{request_id}/response", json="x" * 20, timeout=120)
    assert "too large" in invocation.error


def test_an_answer_to_another_event_is_nobodys(api, url):
    invocation = given(api, {})
    httpx.get(f"{url}/invocation/next", timeout=120)
    httpx.post(
        f"{url}/invocation/00000000-0000-0000-0000-000000000000/response", json=1, timeout=120
    )
    assert not invocation.done.is_set()


def test_what_failed_before_the_first_event_is_kept(api, url):
    httpx.post(f"{url}/init/error", content=b"no module of this name", timeout=120)
    assert api.init_error == "no module of this name"


def test_what_lambda_does_not_know_is_not_found(url):
    assert httpx.post(f"{url}/extension/register", timeout=120).status_code == 404
    assert httpx.get(f"{url}/restore/next", timeout=120).status_code == 404


def test_an_event_that_takes_longer_than_the_timeout_is_overdue(api, url):
    api.timeout_s = -1.0
    invocation = given(api, {})
    assert not api.overdue
    httpx.get(f"{url}/invocation/next", timeout=120)
    assert api.overdue
    api.fail("timed out")
    assert invocation.error == "timed out"


def test_who_waits_for_an_event_is_let_go_when_it_closes(api, url):
    status = []
    waits = threading.Thread(
        target=lambda: status.append(httpx.get(f"{url}/invocation/next", timeout=120).status_code)
    )
    waits.start()
    api.ready.wait()
    api.close()
    waits.join()
    assert status == [404]
