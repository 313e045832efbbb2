"""The pooler's page and the figures agree with their data files."""

import msgspec

from lab.measure.cli import draw
from lab.measure.pooler.design import ConnectionMode
from lab.measure.pooler.measure import PoolerFigures
from lab.publish.pages.pooler import measured_pooler
from lab.support.paths import DATA


def test_each_way_is_told_with_its_connections_at_the_most_functions() -> None:
    figures = msgspec.json.decode((DATA / "pooler.json").read_bytes(), type=PoolerFigures)
    text = measured_pooler()
    for way in ConnectionMode:
        last = figures.ways[way][-1]
        assert f"{last.clients} functions hold {last.connections} connections" in text
    assert f"Measured on {figures.provenance.date}" in text


def test_the_figures_in_the_pages_are_drawn_from_the_data_of_today(tmp_path) -> None:
    for path in draw(tmp_path):
        committed = DATA.parent / path.relative_to(tmp_path)
        assert committed.read_bytes() == path.read_bytes(), "run `receipts-lab figures`"
