"""Our adapter of PaddleOCR's networks reads what RapidOCR reads with them, and fails clearly."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from helpers import rapidocr_answers
from helpers.rapidocr_answers import SEEDS, SHORTEST_SIDE, Line, prepared
from reading.engine import OcrEngineError, OcrTimeoutError
from reading.engines import make_engine
from reading.engines.ppocr import last_layer
from reading.engines.ppocr.boxes import Box
from reading.engines.ppocr.detector import Detector
from reading.engines.ppocr.engine import PpOcrEngine
from reading.engines.ppocr.models import DETECTOR, RECOGNIZER, Model, ModelError, read_model
from reading.engines.ppocr.pixels import as_input
from reading.engines.ppocr.recognizer import Recognizer
from reading.engines.ppocr.session import start

PATIENT = 120.0
ANSWERS = rapidocr_answers.load()


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector()


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


@pytest.fixture
def engine() -> Iterator[PpOcrEngine]:
    engine = PpOcrEngine()
    yield engine
    engine.close()


def farthest(line: Line, box: Box) -> float:
    """How far the corner that differs most lies from RapidOCR's, in pixels."""
    return max(
        max(abs(x - u), abs(y - v))
        for (x, y), (u, v) in zip(line.corners, box.corners(), strict=True)
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_boxes_and_texts_are_rapidocr_s_in_its_order(
    seed: int, detector: Detector, recognizer: Recognizer
) -> None:
    image = prepared(seed)
    boxes = detector.find_lines(image, max(1.0, SHORTEST_SIDE / min(image.size)))
    texts = ["".join(letter.text for letter in recognizer.read_line(image, box)) for box in boxes]
    assert texts == [line.text for line in ANSWERS.lines[seed]]
    assert all(
        farthest(line, box) <= 3 for line, box in zip(ANSWERS.lines[seed], boxes, strict=True)
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_pass_finds_the_same_letters_at_its_smaller_size(
    seed: int, engine: PpOcrEngine
) -> None:
    # Not always the same words: the quick network reads most lines, and leaves out some spaces.
    expected = "".join(line.text for line in ANSWERS.lines[seed]).replace(" ", "")
    assert "".join(word.text for word in engine.read_words(prepared(seed), PATIENT)) == expected


@pytest.mark.slow
def test_a_large_image_is_looked_at_smaller(
    detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, seen = prepared(SEEDS[0]), list[tuple[int, int]]()

    def noted(small: Image.Image) -> NDArray[np.float32]:
        seen.append(small.size)
        return as_input(small)

    monkeypatch.setattr("reading.engines.ppocr.detector.as_input", noted)
    monkeypatch.setattr("reading.engines.ppocr.detector.MOST_PIXELS", 512 * 320)
    boxes = detector.find_lines(image, 1.0)
    ((width, height),) = seen
    assert 0.8 * 512 * 320 < width * height < 1.1 * 512 * 320
    assert max(box.x for box in boxes) > width  # in the image's own pixels


@pytest.mark.slow
def test_all_passes_share_one_child_and_see_the_image_at_their_own_scale(
    engine: PpOcrEngine,
) -> None:
    empty = Image.new("L", (200, 100), 255)
    first, second = engine.passes
    assert first.engine.read_words(empty, PATIENT) == []
    spent = engine.cpu_seconds
    assert second.engine.read_words(empty, PATIENT) == []
    assert 0 < engine.cpu_seconds - spent < spent  # the networks were loaded once


@pytest.mark.slow
def test_a_read_that_takes_too_long_is_stopped_and_the_next_one_works(engine: PpOcrEngine) -> None:
    empty = Image.new("L", (200, 100), 255)
    with pytest.raises(OcrTimeoutError, match=r"did not finish in 0\.01 s|hangs"):
        engine.read_words(empty, 0.01)
    assert engine.read_words(empty, PATIENT) == []


@pytest.mark.slow
def test_the_cut_network_scores_the_signs_that_are_left_as_before() -> None:
    whole = read_model(RECOGNIZER)
    signs = last_layer.signs(whole)
    columns = [0, *(signs.index(sign) for sign in "TOTAL9€"), len(signs) - 1]
    strip = as_input(Image.linear_gradient("L").resize((96, 48)))
    (before,) = start(whole).run(None, {"x": strip})
    (after,) = start(last_layer.cut(whole, columns)).run(None, {"x": strip})
    assert before.shape[2] == len(signs)
    left = before[:, :, columns]
    assert after == pytest.approx(left / left.sum(2, keepdims=True), abs=1e-4)


def test_a_network_without_that_layer_is_refused() -> None:
    with pytest.raises(ValueError, match="no last layer"):
        last_layer.cut(read_model(DETECTOR), [0])


def test_a_network_without_signs_is_refused() -> None:
    with pytest.raises(ValueError, match="which signs"):
        last_layer.signs(read_model(DETECTOR))


def test_another_file_than_the_one_that_was_measured_is_refused() -> None:
    other = Model(DETECTOR.name, "0" * 64)
    with pytest.raises(ModelError, match=rf"{DETECTOR.name} isn't the network .* {'0' * 64}"):
        read_model(other)


def test_a_file_that_is_missing_is_named() -> None:
    with pytest.raises(ModelError, match=r"absent\.onnx can't be read .* install rapidocr"):
        read_model(Model("absent.onnx", ""))


def test_without_the_networks_wheel_the_error_says_what_is_missing() -> None:
    elsewhere = Model(DETECTOR.name, DETECTOR.sha256, "no_such_distribution")
    with pytest.raises(ModelError, match="no_such_distribution, whose wheel holds the networks"):
        read_model(elsewhere)


@pytest.mark.slow
def test_the_child_s_error_reaches_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "rapidocr" / "models"
    folder.mkdir(parents=True)
    (folder / DETECTOR.name).write_bytes(b"another file")
    (tmp_path / "rapidocr" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(OcrEngineError, match="isn't the network that was measured"):
        PpOcrEngine().read_words(Image.new("L", (200, 100), 255), PATIENT)


def test_where_onnx_runtime_has_no_wheel_choosing_the_engine_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ValueError, match="needs ONNX Runtime, which isn't installed"):
        make_engine("ppocr")
