"""The command on the example: what it says, how it ends, what it leaves alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import diagram_check
from diagram_check.cli import app


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*map(str, arguments)])
    return result.exit_code, result.output


def edited(source: Path, folder: Path, old: str, new: str) -> Path:
    """A copy of a file with one change."""
    text = source.read_text()
    assert old in text
    copy = folder / source.name
    copy.write_text(text.replace(old, new, 1))
    return copy


def line_of(file: Path, words: str) -> int:
    return next(n for n, it in enumerate(file.read_text().splitlines(), 1) if words in it)


def test_the_example_agrees(drawing: Path, deployed: Path) -> None:
    code, said = run(drawing, deployed)
    assert code == 0
    assert "agrees with" in said
    assert "10 parts, 12 arrows" in said


def test_no_picture_is_drawn_and_no_graphviz_is_needed(
    drawing: Path, deployed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unmarked test that starts a process fails here; `dot` would be one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    assert run(drawing, deployed)[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_is_not_deployed_is_named_with_its_line(
    drawing: Path, deployed: Path, tmp_path: Path
) -> None:
    copy = edited(drawing, tmp_path, 'resource="CountFunction"', 'resource="CounterFunction"')
    code, said = run(copy, deployed)
    assert code == 1
    where = f"{copy}:{line_of(copy, 'CounterFunction')}"
    assert f"{where}: 'CounterFunction' is drawn and not deployed" in said
    assert "is it CountFunction?" in said
    line = line_of(deployed, "  CountFunction:")
    assert f"{deployed}:{line}: CountFunction (AWS::Serverless::Function) is deployed" in said


def test_an_arrow_that_nothing_stands_behind_is_named_with_both_lines(
    drawing: Path, deployed: Path, tmp_path: Path
) -> None:
    copy = edited(drawing, tmp_path, "links >> report", "links >> report\n    report >> clicks")
    code, said = run(copy, deployed)
    assert code == 1
    where = f"{copy}:{line_of(copy, 'report >> clicks')}"
    assert f"{where}: the arrow ReportFunction -> ClickQueue has no wiring behind it" in said


def test_an_arrow_that_is_not_drawn_comes_with_its_evidence(
    drawing: Path, deployed: Path, tmp_path: Path
) -> None:
    copy = edited(drawing, tmp_path, "    links >> report\n", "")
    code, said = run(copy, deployed)
    assert code == 1
    line = line_of(deployed, "Action: dynamodb:Scan") - 1
    assert f"LinksTable -> ReportFunction (read, {deployed}:{line}) has no arrow" in said
    assert "ReportFunction.Policies.0.Statement.0 (IAM statement)" in said


def test_a_writer_drawn_as_what_is_written_to_points_the_wrong_way(
    drawing: Path, deployed: Path, tmp_path: Path
) -> None:
    copy = edited(drawing, tmp_path, "report >> topic", "topic >> report")
    code, said = run(copy, deployed)
    assert code == 1
    assert "the arrow ReportTopic -> ReportFunction points the wrong way" in said


@pytest.mark.parametrize("arrow", ["links >> report", "report >> links", "report << links"])
def test_a_function_that_reads_may_be_drawn_as_asking_or_as_getting(
    drawing: Path, deployed: Path, tmp_path: Path, arrow: str
) -> None:
    copy = edited(drawing, tmp_path, "links >> report\n", f"{arrow}\n")
    assert run(copy, deployed)[0] == 0


def test_a_line_without_heads_stands_for_whatever_is_wired(
    drawing: Path, deployed: Path, tmp_path: Path
) -> None:
    copy = edited(drawing, tmp_path, "links >> report\n", "links - report\n    topic - links\n")
    code, said = run(copy, deployed)
    assert code == 1
    assert re.findall(r"the arrow (\S+ -> \S+) has no wiring", said) == [
        "ReportTopic -> LinksTable"
    ]


def test_an_icon_of_another_service_is_found(drawing: Path, deployed: Path, tmp_path: Path) -> None:
    copy = edited(drawing, tmp_path, 'SNS("Report topic")', 'SQS("Report topic")')
    code, said = run(copy, deployed)
    assert code == 1
    assert "ReportTopic is drawn as SimpleQueueServiceSqs and is an AWS::SNS::Topic" in said


def test_json_has_both_places_and_the_kinds_of_evidence(
    drawing: Path, deployed: Path, tmp_path: Path
) -> None:
    copy = edited(drawing, tmp_path, "    links >> report\n", "")
    code, said = run(copy, deployed, "--json")
    told: dict[str, Any] = json.loads(said)
    assert code == 1
    assert told["agree"] is False
    (difference,) = told["differences"]
    assert difference["kind"] == "arrow-not-drawn"
    assert difference["about"] == "LinksTable -> ReportFunction"
    assert difference["drawing"]["file"] == str(copy)
    assert difference["template"][0]["line"] == line_of(deployed, "Action: dynamodb:Scan") - 1
    kinds = {place["kind"] for it in told["evidence"] for place in it["template"]}
    assert kinds == {
        "IAM statement",
        "SAM policy template",
        "environment reference",
        "event source",
        "redrive policy",
    }


def test_json_of_files_that_agree_is_json_alone(
    drawing: Path, deployed: Path, tmp_path: Path
) -> None:
    copy = edited(drawing, tmp_path, "with Diagram", 'print("drawing")\nwith Diagram')
    result = CliRunner().invoke(app, [str(copy), str(deployed), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["agree"] is True


def test_an_exception_excuses_and_one_that_excuses_nothing_is_told(
    drawing: Path, deployed: Path, tmp_path: Path
) -> None:
    copy = edited(drawing, tmp_path, "    links >> report\n", "")
    reasons = tmp_path / "reasons.toml"
    reasons.write_text('[arrows]\n"LinksTable -> ReportFunction" = "on another picture"\n')
    assert run(copy, deployed, "--exceptions", reasons)[0] == 0
    code, said = run(drawing, deployed, "--exceptions", reasons)
    assert code == 1
    assert f"{reasons}:2: 'LinksTable -> ReportFunction' excuses no difference" in said


def test_a_type_may_be_excused_at_once(drawing: Path, deployed: Path, tmp_path: Path) -> None:
    copy = edited(drawing, tmp_path, '    topic = SNS("Report topic")\n', "")
    copy.write_text(copy.read_text().replace("report >> topic", "report"))
    assert run(copy, deployed)[0] == 1
    reasons = tmp_path / "reasons.toml"
    reasons.write_text('[types]\n"AWS::SNS::Topic" = "mail is on no picture"\n')
    assert run(copy, deployed, "--exceptions", reasons)[0] == 0


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('[parts]\nClickDlq = " "\n', "'ClickDlq' gives no reason"),
        ('[part]\nClickDlq = "x"\n', "unknown field `part`"),
        ("[parts\n", "reasons.toml"),
    ],
)
def test_exceptions_that_cannot_be_read_are_an_error(
    drawing: Path, deployed: Path, tmp_path: Path, written: str, said: str
) -> None:
    reasons = tmp_path / "reasons.toml"
    reasons.write_text(written)
    code, told = run(drawing, deployed, "--exceptions", reasons)
    assert code == 2
    assert said in told


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1 / 0\n", "picture.py:1: ZeroDivisionError"),
        ("x = (\n", "picture.py:1: SyntaxError"),
        ("print('nothing')\n", "draws no node"),
        ("raise SystemExit('no')\n", "ended itself with 'no'"),
    ],
)
def test_a_diagram_that_cannot_be_run_is_an_error(
    deployed: Path, tmp_path: Path, written: str, said: str
) -> None:
    picture = tmp_path / "picture.py"
    picture.write_text(written)
    code, told = run(picture, deployed)
    assert code == 2
    assert said in told


@pytest.mark.parametrize("written", ["", "a: [", "Resources: {A: {Properties: {}}}"])
def test_a_template_that_is_none_is_an_error(drawing: Path, tmp_path: Path, written: str) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(written)
    code, told = run(drawing, template)
    assert code == 2
    assert told.startswith(f"error: {template}")


def test_a_file_that_is_not_there_is_an_error(drawing: Path, deployed: Path) -> None:
    assert run(drawing, "gone.yaml")[0] == 2
    assert run("gone.py", deployed)[0] == 2
    assert run(drawing)[0] == 2


def test_the_version_and_help_are_told() -> None:
    assert run("--version") == (0, f"diagram-check {diagram_check.__version__}\n")
    code, said = run("--help")
    assert code == 0
    assert "Examples" in said
    assert "--exceptions" in said


def test_several_files_are_one_picture(drawing: Path, deployed: Path, tmp_path: Path) -> None:
    head, *_ = drawing.read_text().partition("    visitors >>")
    without = edited(drawing, tmp_path, "    links >> report\n", "")
    other = tmp_path / "other.py"
    other.write_text(head + "    links >> report\n")
    assert run(without, deployed)[0] == 1
    assert run(without, other, deployed)[0] == 0
