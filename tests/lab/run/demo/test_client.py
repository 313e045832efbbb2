"""The demo's client allows less than is read, so that results wait, and more once all is read."""

from lab.run.demo.client import Client
from lab.run.live.frame import Frame


def allowed(frames: list[Frame], ceiling: float = 0.8) -> list[tuple[float, str]]:
    said: list[tuple[float, str]] = []

    def allow(rows: float, because: str) -> str:
        said.append((rows, because))
        return because

    client = Client(ceiling, allow)
    for frame in frames:
        client.look(frame)
    return said


def reading(rate: float, count: int = 60, seconds: int = 40) -> list[Frame]:
    read = [min(count - 1, int(1 + rate * at)) for at in range(seconds)]
    return [
        Frame(at=float(at), expected=count, read=done, waiting=count - done)
        for at, done in enumerate(read)
    ]


def test_on_a_machine_that_reads_faster_the_first_ceiling_stays():
    assert allowed(reading(5.0, count=1000)) == []


def test_on_a_slow_machine_it_allows_a_third_of_what_is_read_once():
    [(rows, why)] = allowed(reading(1.0))
    assert 0.3 <= rows <= 0.4
    assert why == "this machine reads 1.1 receipts a second: "


def test_once_all_is_read_it_allows_more_once_and_never_before():
    done = Frame(at=50.0, expected=60, read=40, stored=20)
    said = allowed([*reading(1.0), done, done])
    assert [why for _, why in said][1:] == ["everything is read: "]
    assert said[1][0] == 20 * said[0][0]


def test_nothing_happens_before_anything_is_known():
    assert allowed([Frame(at=0.0), Frame(at=1.0, expected=4, waiting=4)]) == []
