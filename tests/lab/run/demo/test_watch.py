"""What the terminal shows while a batch is on its way, and when it gives up."""

import io

import pytest
from rich.console import Console

from lab.run.demo.watch import Screen, watch
from lab.run.live.frame import Frame, Verdict
from lab.run.local.settling import STALLED_AFTER_S, StalledError

UNDER_WAY = Frame(
    at=4.0,
    expected=10,
    stored=1,
    read=5,
    waiting=4,
    queues={"upload-queue": 0, "receipt-queue": 4, "write-queue": 5},
    unwritten_age=3,
    ceiling=0.8,
    rows=1,
    connections=5,
    limit=20,
    app_p95_ms=8.4,
)
DONE = Frame(
    at=10.0, expected=10, stored=10, rows=10, verdict=Verdict(right=True, text="10 = 10 stored")
)


def shown(*frames: Frame) -> str:
    console = Console(file=io.StringIO(), width=100)
    screen = Screen(console)
    for frame in frames:
        last = screen.show(frame)
    with console.capture() as captured:
        console.print(last)
    return captured.get()


def test_the_queues_the_ceiling_and_the_database_stand_below_the_bars():
    text = shown(UNDER_WAY)
    assert "upload 0, receipt 4, write 5, oldest result 3 s; the client allows 0.8 rows/s" in text
    assert "5 of 20 connections; expenses app p95 8 ms" in text


def test_a_database_that_is_away_and_calls_that_failed_are_said():
    away = Frame(at=1.0, expected=10, app_p95_ms=9.0, app_failed=3)
    assert "away; expenses app p95 9 ms, 3 of its calls failed" in shown(away)


def test_beside_a_full_bar_stands_the_mean_and_it_stays():
    later = Frame(at=60.0, expected=10, stored=10)
    for frames in ((UNDER_WAY, DONE), (UNDER_WAY, DONE, later)):
        read, stored, *_ = shown(*frames).splitlines()
        assert "10/10 1.7 receipts/s on average" in read
        assert "10/10 1.7 rows/s on average" in stored


def quiet() -> Console:
    return Console(file=io.StringIO())


def test_it_ends_with_the_verdict():
    assert watch(iter([UNDER_WAY, DONE]), None, quiet()) is DONE


def test_what_was_done_is_said():
    console = quiet()
    said = Frame(at=1.0, expected=10, said=("[red]PostgreSQL is stopped",))
    watch(iter([said, DONE]), None, console)
    assert "[red]PostgreSQL is stopped" in console.file.getvalue()  # type: ignore[attr-defined]


def test_it_gives_up_where_nothing_moves_but_not_while_something_is_broken_on_purpose():
    still = [Frame(at=at, expected=10, read=3, waiting=7) for at in (0.0, 1.0, STALLED_AFTER_S + 2)]
    with pytest.raises(StalledError, match="0 stored, 3 read, 7 waiting"):
        watch(iter([*still, DONE]), None, quiet())
    assert watch(iter([*still, DONE]), None, quiet(), lambda: True) is DONE
