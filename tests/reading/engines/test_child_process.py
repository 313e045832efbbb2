"""An engine in a child process is stopped at its time limit, and the next read works again."""

import resource
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from reading.engine import WALL_PER_CPU_S, OcrEngineError, OcrTimeoutError
from reading.engines import child_process, child_program
from reading.engines.child_process import ChildProcessEngine, EngineRequest

ENGINE = """
import os, threading
from reading.engines.child_program import serve_engine
from reading.engine import Word

def read_words(image):
    print("a library that prints does no harm")
    if image.width == 66:
        while True:
            pass
    if image.width == 67:
        raise ValueError("no words today")
    if image.width == 68:
        os._exit(3)
    if image.width == 69:
        threading.Event().wait()
    brightness = str(image.getpixel((0, 0)))
    return [Word(text=brightness, left=0, top=0, width=image.width, height=9, confidence=0.5)]

serve_engine(lambda: read_words)
"""
BURNS, FAILS, CRASHES, HANGS = (Image.new("L", (width, 40)) for width in (66, 67, 68, 69))
PATIENT = 60.0
FINE = Image.new("L", (50, 40), 77)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChildProcessEngine]:
    (tmp_path / "stub_engine.py").write_text(ENGINE)
    monkeypatch.syspath_prepend(tmp_path)
    engine = ChildProcessEngine("stub_engine")
    yield engine
    engine.close()


@pytest.mark.slow
def test_words_come_back_with_the_childs_cpu_time(engine: ChildProcessEngine) -> None:
    (word,) = engine.read_words(FINE, PATIENT)
    assert (word.text, word.width) == ("77", 50)
    assert engine.cpu_seconds > 0


@pytest.mark.slow
def test_an_engine_that_goes_on_for_ever_is_ended_by_its_cpu_time_however_long_that_takes(
    engine: ChildProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "WALL_PER_CPU_S", 1e5)
    engine.read_words(FINE, PATIENT)
    with pytest.raises(OcrTimeoutError, match=r"did not finish in 0\.5 s of CPU time"):
        engine.read_words(BURNS, 0.5)
    assert engine.read_words(FINE, PATIENT)[0].text == "77"


@pytest.mark.slow
def test_an_engine_that_hangs_is_killed_by_the_wall_clock_and_the_next_read_works(
    engine: ChildProcessEngine,
) -> None:
    engine.read_words(FINE, PATIENT)
    with pytest.raises(OcrTimeoutError, match=r"hangs: no answer in 1\.2 s"):
        engine.read_words(HANGS, 1.2 / WALL_PER_CPU_S)
    assert engine.read_words(FINE, PATIENT)[0].text == "77"


@pytest.mark.slow
def test_an_engine_that_hangs_while_it_loads_is_killed_at_the_same_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hanging_engine.py").write_text("while True: pass")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(OcrTimeoutError, match=r"no answer in 1\.2 s"):
        ChildProcessEngine("hanging_engine").read_words(FINE, 1.2 / WALL_PER_CPU_S)


@pytest.mark.slow
def test_the_engine_s_start_counts_into_its_limit(
    engine: ChildProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a reader whose engine starts slowly would outlive its own time limit."""
    now, limits = 100.0, []

    class Started(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            nonlocal now
            super().__init__(*arguments, **options)
            now += 40.0

    class Noted(threading.Timer):
        def __init__(self, interval: float, function: Callable[[], None]) -> None:
            limits.append(interval)
            super().__init__(interval, function)

    monkeypatch.setattr(child_process, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(subprocess, "Popen", Started)
    monkeypatch.setattr(threading, "Timer", Noted)
    engine.read_words(FINE, PATIENT)
    engine.read_words(FINE, PATIENT)
    wall_s = PATIENT * WALL_PER_CPU_S
    assert limits == [wall_s, wall_s - 40.0, wall_s]


@pytest.mark.slow
def test_the_cpu_time_of_loading_the_engine_counts_once(
    engine: ChildProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits, write = [], child_process.write_frame

    def noted(pipe: Any, message: EngineRequest) -> None:
        limits.append(message.cpu_limit_s)
        write(pipe, message)

    monkeypatch.setattr(child_process, "write_frame", noted)
    engine.read_words(FINE, PATIENT)
    engine.read_words(FINE, PATIENT)
    first, second = limits
    assert first is not None
    assert 0 < first < PATIENT
    assert second == PATIENT


@pytest.mark.slow
def test_an_error_is_raised_and_the_child_goes_on(engine: ChildProcessEngine) -> None:
    with pytest.raises(OcrEngineError, match="no words today"):
        engine.read_words(FAILS, PATIENT)
    assert engine.read_words(FINE, PATIENT)


@pytest.mark.slow
def test_a_crash_is_raised_with_its_code_and_the_next_read_works(
    engine: ChildProcessEngine,
) -> None:
    with pytest.raises(OcrEngineError, match="ended with code"):
        engine.read_words(CRASHES, PATIENT)
    assert engine.read_words(FINE, PATIENT)


@pytest.mark.slow
def test_cpu_time_is_neither_lost_nor_doubled_with_a_child(engine: ChildProcessEngine) -> None:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    engine.read_words(FINE, PATIENT)
    counted = engine.cpu_seconds
    engine.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime >= ended.ru_utime + ended.ru_stime + counted
    assert engine.cpu_seconds == 0


@pytest.mark.slow
def test_an_engine_that_cannot_be_loaded_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_engine.py").write_text(
        "from reading.engines.child_program import serve_engine\n"
        "def load(): raise ImportError('rapidocr is not installed')\n"
        "serve_engine(load)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(OcrEngineError, match="rapidocr is not installed"):
        ChildProcessEngine("broken_engine").read_words(FINE, PATIENT)


def test_each_image_has_its_own_limit_on_top_of_what_the_child_has_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The system counts from the child's start, and a warm child has used hours."""
    limits, most = [], [resource.RLIM_INFINITY]
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1, most[0]))
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: limits.append(pair))
    monkeypatch.setattr(child_program, "time", SimpleNamespace(process_time=lambda: 7200.3))
    child_program.limit_cpu(30)
    child_program.limit_cpu(None)
    most[0] = 7210
    child_program.limit_cpu(30)
    infinity = resource.RLIM_INFINITY
    assert limits == [(7231, infinity), (infinity, infinity), (7210, 7210)]
