"""`receipts read`: one line an image, whatever happens to its neighbours."""

import json
import os
import zipfile
from pathlib import Path

import pytest
import typer
from PIL import Image, ImageDraw, ImageFont
from typer.testing import CliRunner

from helpers.fakes_reading import start_killing_worker
from reading.command import worker_pool
from reading.command.cli import read_command
from reading.command.image_files import find_image_files
from reading.extraction.fields import PassResult
from reading.extraction.whole_file import FileResult
from reading.receipt import Receipt
from reading.review import SURE_OF_DATE, doubts

app = typer.Typer()
app.command("read")(read_command)


def photo(
    path: Path, total: str = "12.50", currency: str = "EUR ", date: str = "23/09/2025"
) -> Path:
    image = Image.new("L", (640, 420), 255)
    draw = ImageDraw.Draw(image)
    lines = ("CORNER BAKERY", f"Date {date}", f"TOTAL {currency}{total}", "Thank you")
    for row, text in enumerate(lines):
        draw.text((60, 40 + row * 80), text, fill=0, font=ImageFont.load_default(40))
    image.save(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    photo(folder / "a.png")
    (folder / "b.jpg").write_bytes(b"no image at all")
    (folder / "notes.txt").write_text("not a receipt")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.write(photo(folder / "c.png", "7.00"), "inside/c.png")
        archive.writestr("readme.txt", "not a receipt")
    (folder / "c.png").unlink()
    return folder


@pytest.mark.slow
def test_a_folder_is_read_line_by_line_and_a_bad_file_spoils_only_its_own(folder: Path) -> None:
    explained = folder.parent / "out.html"
    result = CliRunner().invoke(
        app, [str(folder), "--json", "--jobs", "1", "--explain", str(explained)]
    )
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [Path(line["file"]).name for line in lines] == ["a.png", "b.jpg", "c.png"]
    good, bad, inside = lines
    assert (good["total"], good["date"], good["currency"]) == ("12.50", "2025-09-23", "EUR")
    assert good["engine"] == "tesseract"
    assert good["cpu_seconds"] > 0
    assert "not an image" in bad["error"]
    assert bad["needs_review"] is True
    assert inside["total"] == "7.00"
    assert result.exit_code == 1
    assert "1 of 3 could not be read" in result.stderr
    assert "text and data 1 (notes.txt)" in result.stderr
    assert "text and data 1 (readme.txt)" in result.stderr
    assert "a.png" in explained.read_text()


@pytest.mark.slow
def test_one_image_starts_no_other_reading_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(worker_pool, "ProcessPoolExecutor")
    result = CliRunner().invoke(app, [str(folder / "a.png"), "--json", "--jobs", "8"])
    assert json.loads(result.stdout)["total"] == "12.50"


def test_several_jobs_answer_in_the_order_of_the_files(folder: Path) -> None:
    result = CliRunner().invoke(app, [str(folder), "--json", "--jobs", "2"])
    files = [Path(json.loads(line)["file"]).name for line in result.stdout.splitlines()]
    assert files == ["a.png", "b.jpg", "c.png"]


def test_an_image_that_kills_its_reading_process_spoils_only_its_own_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_pool, "_start_worker", start_killing_worker)
    for number in range(4):
        size = (640, 64) if number in {1, 2} else (400, 600)
        Image.new("L", size, 255).save(tmp_path / f"{number}.png")
    result = CliRunner().invoke(app, [str(tmp_path), "--json", "--jobs", "2"])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [Path(line["file"]).stem for line in lines] == list("0123")
    killed = ["process ended" in line.get("error", "") for line in lines]
    assert killed == [False, True, True, False]
    assert lines[0]["total"] == lines[3]["total"] == "6.00"
    assert "2 of 4 could not be read" in result.stderr


def test_an_image_that_takes_too_long_is_an_error_on_its_line(folder: Path) -> None:
    result = CliRunner().invoke(app, [str(folder / "a.png"), "--json", "--timeout", "0"])
    line = json.loads(result.stdout)
    assert "not read in 0 s" in line["error"]
    assert line["needs_review"] is True
    assert result.exit_code == 1


@pytest.mark.slow
def test_without_json_there_is_a_table(folder: Path) -> None:
    result = CliRunner().invoke(app, [str(folder / "a.png"), "--jobs", "1"])
    assert result.exit_code == 0
    assert "12.50 EUR" in result.stdout


@pytest.mark.slow
def test_a_table_names_the_fields_in_doubt_and_counts_the_receipts(folder: Path) -> None:
    read = CliRunner().invoke(app, [str(folder / "a.png"), "--json", "--jobs", "1"])
    doubtful = doubts(json.loads(read.stdout)["confidence"])
    assert doubtful  # a photo of two lines: somebody has to look at it
    table = CliRunner().invoke(app, [str(folder / "a.png"), "--jobs", "1"], env={"COLUMNS": "200"})
    assert ", ".join(doubtful) in table.stdout
    assert "1 of 1 need a person" in table.stderr
    assert all(f"{name} 1" in table.stderr for name in doubtful)


def test_the_error_for_an_unknown_engine_lists_the_known_ones(folder: Path) -> None:
    result = CliRunner().invoke(app, [str(folder), "--engine", "magic"])
    assert result.exit_code == 2
    assert "ppocr" in result.stderr


def test_the_error_for_an_unknown_home_names_it_and_reads_nothing(folder: Path) -> None:
    result = CliRunner().invoke(app, [str(folder), "--date-order", "ydm"])
    assert result.exit_code == 2
    assert "ydm" in result.stderr
    assert not result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_receipt_that_shows_no_currency_has_the_home_s(tmp_path: Path, jobs: str) -> None:
    photo(tmp_path / "a.png", currency="")
    photo(tmp_path / "b.png", currency="GBP ")
    command = [str(tmp_path), "--json", "--jobs", jobs]
    result = CliRunner().invoke(app, command, env={"RECEIPTS_HOME_CURRENCY": "EUR"})
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["currency"] for line in lines] == ["EUR", "GBP"]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_old_receipts_are_read_as_of_their_time(tmp_path: Path, jobs: str) -> None:
    photo(tmp_path / "a.png", date="14/02/2009")
    photo(tmp_path / "b.png", date="02/03/2009")
    command = [str(tmp_path), "--json", "--jobs", jobs]
    today, then, before = (
        [
            json.loads(line)
            for line in CliRunner().invoke(app, [*command, *option]).stdout.splitlines()
        ]
        for option in ([], ["--read-on", "2009-03-31"], ["--read-on", "2009-02-20"])
    )
    assert [line["date"] for line in then] == ["2009-02-14", "2009-03-02"]
    assert [line["confidence"]["date"] < SURE_OF_DATE for line in today] == [True, True]
    assert then[0]["confidence"]["date"] >= SURE_OF_DATE
    # Nothing is dated later than the day of reading: the third of February is left.
    assert before[1]["date"] == "2009-02-03"


@pytest.mark.slow
@pytest.mark.parametrize(("option", "last"), [("--agree", "HOLLOWAY"), ("--no-agree", "HOLLOWAV")])
def test_a_name_is_put_right_by_the_receipts_before_it_unless_that_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, last: str
) -> None:
    def read_file(data: bytes, *_: object, **__: object) -> FileResult:
        sure = {"merchant_number": 0.9}
        receipt = Receipt(merchant=data.decode(), merchant_number="0205550101", confidence=sure)
        return FileResult(PassResult(receipt, {}, ()), ())

    monkeypatch.setattr(worker_pool, "read_file", read_file)
    for number, name in enumerate(["HOLLOWAY", "HOLLOWAY", "HOLLOWAV"]):
        (tmp_path / f"{number}.png").write_text(name)
    result = CliRunner().invoke(app, [str(tmp_path), "--json", "--jobs", "1", option])
    assert json.loads(result.stdout.splitlines()[-1])["merchant"] == last


def test_a_day_of_reading_that_is_no_day_is_refused(folder: Path) -> None:
    result = CliRunner().invoke(app, [str(folder), "--read-on", "31.3.2009"])
    assert result.exit_code == 2
    assert "31.3.2009" in result.stderr


def test_a_folder_without_images_is_an_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(tmp_path)])
    assert result.exit_code == 2
    assert "no images" in result.stderr


def test_what_phones_send_is_found_in_a_folder_under_any_name(tmp_path: Path) -> None:
    for name in ("IMG_1.HEIC", "IMG_2", "IMG_3.jpg.download", "a.jfif", "b.hif", "c.pdf"):
        (tmp_path / name).touch()
    images = find_image_files([tmp_path]).images
    assert {image.path.name for image in images} == {path.name for path in tmp_path.iterdir()}


def test_what_came_along_is_left_out_and_counted(tmp_path: Path) -> None:
    photo(tmp_path / "a.png")
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "@eaDir").mkdir()
    (tmp_path / "@eaDir" / "a.png").write_bytes(b"")
    found = find_image_files([tmp_path])
    assert [image.path.name for image in found.images] == ["a.png"]
    [(where, what)] = found.left_out
    assert (where, what.count) == (tmp_path, 2)
    assert "a.json" in str(what)


def test_a_damaged_archive_is_one_file_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 cut off")
    [image] = find_image_files([tmp_path]).images
    assert image.error


def test_two_entries_of_one_name_are_two(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.jpg", b"second")
        archive.writestr("__MACOSX/._a.jpg", b"\0\5\x16\7")
    found = find_image_files([path])
    assert [image.name for image in found.images] == [f"{path}/a.jpg"] * 2
    assert [image.read_bytes() for image in found.images] == [b"first", b"second"]
    assert sum(what.count for _, what in found.left_out) == 1


def test_whatever_is_wrong_with_files_and_names_is_an_error_on_their_own_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(20))
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg")).write_bytes(b"TOTAL 12.50")
    (tmp_path / "[red]a[x].png").write_bytes(b"\x89PNG\r\n\x1a\n")
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "link.jpg").symlink_to("nowhere")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("b.zip", b"PK\x03\x04")
    monkeypatch.setenv("COLUMNS", "200")
    paths = [str(tmp_path), str(tmp_path / "missing.jpg")]
    result = CliRunner().invoke(app, [*paths, "--json", "--jobs", "1"])
    assert result.exit_code == 1
    errors = {
        Path(line["file"]).name: line["error"]
        for line in map(json.loads, result.stdout.splitlines())
    }
    assert "not an image, but a 7z archive" in errors["x.7z"]
    assert "not an image, but a text file" in errors["caf\ufffd.jpg"]
    assert "PNG is cut off or damaged" in errors["[red]a[x].png"]
    assert "a pipe" in errors["pipe.jpg"]
    assert "No such file" in errors["link.jpg"]
    assert "No such file" in errors["missing.jpg"]
    assert "a ZIP archive in an archive" in errors["b.zip"]
    assert len(errors) == 7
    table = CliRunner().invoke(app, [*paths, "--jobs", "1"])
    assert table.exit_code == 1
    assert "[red]a[x].png" in table.stdout


def test_a_fault_of_our_own_is_an_error_on_its_line_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_file(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(worker_pool, "read_file", read_file)
    result = CliRunner().invoke(app, [str(photo(tmp_path / "a.png")), "--json"])
    assert "a fault of this program" in json.loads(result.stdout)["error"]
    assert result.exit_code == 1


def test_a_link_to_a_folder_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    photo(tmp_path / "photos/a.png")
    (tmp_path / "photos/more").symlink_to(tmp_path, target_is_directory=True)
    one, link = find_image_files([tmp_path / "photos"]).images
    assert one.error is None
    assert link.name.endswith("/photos/more")
    assert "a link to a folder" in (link.error or "")
