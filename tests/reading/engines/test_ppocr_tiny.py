"""The smallest networks read large print, and come as they were measured."""

from collections.abc import Iterator

import pytest

from helpers.drawn import plain_receipt
from reading.engine import passes_of
from reading.engines.ppocr import last_layer
from reading.engines.ppocr.models import NETWORKS, read_model
from reading.engines.ppocr.pixels import as_input
from reading.engines.ppocr.session import start
from reading.engines.ppocr_tiny import TinyPpOcrEngine
from reading.extraction.prepare import prepare_image

PATIENT = 120.0


@pytest.fixture
def engine() -> Iterator[TinyPpOcrEngine]:
    engine = TinyPpOcrEngine()
    yield engine
    engine.close()


@pytest.mark.slow
def test_a_plain_receipt_is_read_in_its_one_pass(engine: TinyPpOcrEngine) -> None:
    [one] = passes_of(engine)
    words = one.engine.read_words(prepare_image(plain_receipt(), one.requirements), PATIENT)
    text = " ".join(word.text for word in words)
    assert "CORNER BAKERY LTD" in text
    assert "14/03/2025" in text
    assert "TOTAL GBP 10.50" in text
    assert {one.engine.name, engine.name} == {"ppocr_tiny"}


@pytest.mark.slow
@pytest.mark.parametrize("size", NETWORKS)
def test_a_network_scores_as_many_signs_as_are_listed_for_it(size: str) -> None:
    networks = NETWORKS[size]
    whole = read_model(networks.recognizer)
    signs = (
        ["", *read_model(networks.signs).decode().splitlines(), " "]
        if networks.signs
        else last_layer.signs(whole)
    )
    strip = as_input(plain_receipt().crop((40, 30, 360, 76)).resize((320, 48)))
    (scores,) = start(whole).run(None, {"x": strip})
    assert scores.shape[2] == len(signs)
    best = [signs[column] for column in scores[0].argmax(1)]
    assert "BAKERY" in "".join(best)
