import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from lab.run.photos import (
    Rendered,
    parallel,
    receipt_set,
    render,
    render_receipts,
    sets,
    write_archive,
)
from lab.run.photos.purchase import draw_purchase
from lab.run.photos.sets import HALF_MADE_PREFIX, TRUTH_FILE, default_cache

COUNT = 4
SEED = 7


def draw_small(seed: int) -> Rendered:
    """Stand in for `render`, which takes longer than all else that is tested here."""
    truth = draw_purchase(random.Random(seed)).truth  # noqa: S311 - reproducible, not secret
    return Rendered(
        seed=seed, layout="taxi", format="jpg", image=b"JPEG %d" % seed * 99, truth=truth
    )


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seeds that were rendered, in order, by the stand-in."""
    seeds: list[int] = []

    def draw_and_note(seed: int) -> Rendered:
        seeds.append(seed)
        return draw_small(seed)

    monkeypatch.setattr(parallel, "render", draw_and_note)
    return seeds


def test_a_set_is_images_named_by_number_and_layout_with_their_truth(tmp_path: Path) -> None:
    receipts = receipt_set(COUNT, SEED, tmp_path)
    names = [image.name for image in receipts.images]
    assert len(set(names)) == COUNT
    assert names == sorted(names)
    for number, example in enumerate(receipts.examples, start=1):
        one = draw_small(example.seed)
        assert example.file == f"{number:05d}-{one.layout}.{one.format}"
        assert (receipts.folder / example.file).read_bytes() == one.image
        assert receipts.truths[example.file] == one.truth
    files = {path.name for path in receipts.folder.iterdir()}
    assert files == {*names, TRUTH_FILE}


def test_a_second_call_renders_nothing(tmp_path: Path, drawn: list[int]) -> None:
    first = receipt_set(COUNT, SEED, tmp_path)
    assert len(drawn) == COUNT
    assert receipt_set(COUNT, SEED, tmp_path) == first
    assert len(drawn) == COUNT


def test_progress_counts_from_nothing_to_all(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    receipt_set(2, 0, tmp_path, lambda done, count: calls.append((done, count)))
    assert calls == [(0, 2), (1, 2), (2, 2)]


def test_sets_of_other_seeds_share_no_receipt(tmp_path: Path) -> None:
    images = [
        image.read_bytes() for seed in (0, 1) for image in receipt_set(2, seed, tmp_path).images
    ]
    assert len(set(images)) == 4


def test_an_interrupted_run_leaves_nothing_and_the_next_one_is_load_if_complete(
    tmp_path: Path,
) -> None:
    def interrupt(done: int, _count: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        receipt_set(2, 0, tmp_path, interrupt)
    assert list(tmp_path.iterdir()) == []
    assert len(receipt_set(2, 0, tmp_path).images) == 2


@pytest.mark.slow
def test_what_a_killed_run_left_is_not_believed_and_cleared_away(tmp_path: Path) -> None:
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    left = tmp_path / f"{HALF_MADE_PREFIX}{killed.pid}-x"
    left.mkdir()
    (left / "00001-taxi.jpg").write_bytes(b"half")
    receipts = receipt_set(1, 0, tmp_path)
    assert list(tmp_path.iterdir()) == [receipts.folder]


@pytest.mark.parametrize("harm", ["missing", "cut short", "no truth", "truth cut short"])
def test_a_set_that_was_harmed_since_is_rendered_anew(tmp_path: Path, harm: str) -> None:
    receipts = receipt_set(2, 0, tmp_path)
    image, truth = receipts.images[1], receipts.folder / TRUTH_FILE
    whole = image.read_bytes()
    if harm == "missing":
        image.unlink()
    elif harm == "cut short":
        image.write_bytes(whole[:-1])
    elif harm == "no truth":
        truth.unlink()
    else:
        truth.write_bytes(truth.read_bytes()[:-40])
    assert receipt_set(2, 0, tmp_path).images[1].read_bytes() == whole


def test_a_set_needs_at_least_one_receipt(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="count is 0"):
        receipt_set(0, 0, tmp_path)


def test_several_processes_render_what_one_alone_renders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "render", render)
    alone = list(parallel.rendered_in_order(3, SEED))
    monkeypatch.setattr(parallel, "PARALLEL_FROM", 1)
    monkeypatch.setattr(parallel, "CHUNK", 2)
    assert list(parallel.rendered_in_order(3, SEED)) == alone


def test_an_archive_holds_each_image_stored_or_deflated(tmp_path: Path) -> None:
    receipts = receipt_set(COUNT, SEED, tmp_path / "cache")
    path = tmp_path / "batch.zip"
    path.write_bytes(b"an older archive")
    assert write_archive(receipts, path) == path
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
        contents = {entry.filename: archive.read(entry) for entry in entries}
    assert contents == {image.name: image.read_bytes() for image in receipts.images}
    methods = {entry.compress_type for entry in entries}
    assert methods == {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    assert {one.name for one in tmp_path.iterdir()} == {"cache", "batch.zip"}


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setattr(sets, "default_cache", lambda: tmp_path / "cache")
    app = typer.Typer()
    app.command()(render_receipts)
    return app


def test_the_command_fills_a_folder_and_says_what_is_in_it(
    command: typer.Typer, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "folder"
    ran = CliRunner().invoke(command, [str(folder), "--count", str(COUNT), "--seed", str(SEED)])
    assert ran.exit_code == 0
    assert len(list(folder.iterdir())) == COUNT + 1
    assert f"{COUNT} receipts" in ran.stderr


def test_the_command_overwrites_nothing(command: typer.Typer, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "mine.jpg").write_bytes(b"mine")
    ran = CliRunner().invoke(command, [str(folder), "--count", str(COUNT), "--seed", str(SEED)])
    assert ran.exit_code == 2
    assert "nothing is overwritten" in " ".join(ran.stderr.split())
    assert [path.name for path in folder.iterdir()] == ["mine.jpg"]


@pytest.mark.parametrize("home", ["/dev/null", "/proc"], ids=["no folder", "read-only"])
def test_without_a_home_that_can_be_written_the_cache_is_a_temporary_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: str
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", home)
    cache = default_cache()
    assert cache.is_relative_to(tmp_path)
    assert receipt_set(COUNT, SEED).folder.is_relative_to(cache)


def test_with_a_home_the_cache_is_the_user_s_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_cache() == tmp_path / ".cache" / "receipts-workshop" / "rendered"
