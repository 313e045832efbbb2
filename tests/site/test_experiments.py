"""What pages tell of the pooler and of the cuts is what their data files say."""

import msgspec

from lab.chart import on_the_page
from lab.chunking import figure as chunking
from lab.chunking.study import Study
from lab.pages.experiments import chunking_measured, pooler_told
from lab.pooler import figure as pooling
from lab.pooler.design import Way
from lab.pooler.measure import Figures
from lab.support.paths import DATA


def test_each_way_is_told_with_its_connections_at_the_most_functions() -> None:
    figures = msgspec.json.decode((DATA / "pooler.json").read_bytes(), type=Figures)
    told = pooler_told()
    for way in Way:
        last = figures.ways[way][-1]
        assert f"{last.clients} functions hold {last.connections} connections" in told
    assert f"at commit {figures.provenance.commit}" in told


def test_every_cut_that_ran_has_its_row_and_the_machine_is_named() -> None:
    study = msgspec.json.decode((DATA / "chunking.json").read_bytes(), type=Study)
    told = chunking_measured()
    rows = [line for line in told.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(study.measured)
    assert "nothing here has run on AWS" in told


def test_the_figures_in_the_pages_are_drawn_from_the_data_of_today() -> None:
    study = msgspec.json.decode((DATA / "chunking.json").read_bytes(), type=Study)
    figures = msgspec.json.decode((DATA / "pooler.json").read_bytes(), type=Figures)
    cuts, pooler = (DATA / f"{name}.figure.html" for name in ("chunking", "pooler"))
    assert cuts.read_text() == on_the_page(chunking.chart(study), chunking.table(study))
    assert pooler.read_text() == on_the_page(pooling.chart(figures), pooling.table(figures))
