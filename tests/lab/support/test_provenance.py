"""Every data file says where its figures come from, in one shape."""

import platform
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from lab.support.code_digest import code_digest
from lab.support.paths import DATA
from lab.support.provenance import DataFile, Provenance, provenance, save


class Prices(DataFile, frozen=True, kw_only=True):
    usd: float


@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_each_data_file_has_the_same_provenance_and_no_kernels_name(path: Path) -> None:
    raw = msgspec.json.decode(path.read_bytes())["provenance"]
    assert tuple(raw) == Provenance.__struct_fields__
    told = msgspec.convert(raw, Provenance)
    assert told.packages
    assert told.cores > 0
    assert told.machine.split()[-1] == "x86_64"
    assert len(told.machine.split()) <= 2


@pytest.mark.slow
def test_it_names_system_and_machine_and_what_was_measured() -> None:
    made = provenance("lab.support", "lab.measure.peak.knee")
    assert made.machine == f"{platform.system()} {platform.machine()}"
    assert made.packages == ("lab.support", "lab.measure.peak.knee")
    assert made.code == code_digest("lab.support", "lab.measure.peak.knee")
    assert made.is_current


@pytest.mark.parametrize(
    "changes",
    [{"code": "0123456789abcdef"}, {"code": None}, {"packages": ("lab.gone",)}],
    ids=["other code", "not noted", "a package that is no more"],
)
@pytest.mark.slow
def test_what_other_code_made_is_not_current(changes: dict[str, object]) -> None:
    assert not replace(provenance("lab.support"), **changes).is_current


@pytest.mark.slow
def test_figures_are_written_with_it_and_read_back(tmp_path: Path) -> None:
    prices = Prices(provenance=provenance("lab.support"), usd=0.2)
    path = save("prices", prices, tmp_path / "new" / "prices.json")
    assert msgspec.json.decode(path.read_bytes(), type=Prices) == prices
    assert path.read_text().count("\n") > 1
    assert save("prices", prices, path, indent=-1).read_text().count("\n") == 1


def test_figures_that_do_not_say_where_they_come_from_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="prices: the figures have no provenance"):
        save("prices", {"usd": 0.2}, tmp_path / "prices.json")
    assert not list(tmp_path.iterdir())
