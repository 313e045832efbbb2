"""A sheet's author is told every rule that it breaks, at once, where it is drawn."""

import itertools
import pathlib
import re
import subprocess
import sys

import pytest
from fontTools.ttLib import TTFont
from typer.testing import CliRunner

import render
from drawing import fonts, rules
from drawing.drift import evidence
from drawing.geometry import Box
from drawing.layout import lay_out
from drawing.loader import read_sheet, run_sheet
from drawing.model import SheetError
from drawing.paint import svg
from drawing.sheet import Sheet

SHEET = """
from diagrams import Cluster, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.integration import SQS
from drawing.sheet import Data, Sheet, Zone, step
with Sheet("small", "Small", "A small one.", plan="one two", stamp="a proposal") as sheet:
    one = SQS("One")
    two = Lambda("Two")
    step("It goes over.")
    one >> Data("it") >> two
"""


def sheet_of(tmp_path: pathlib.Path, *changes: tuple[str, str], source: str = SHEET) -> Sheet:
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    path = tmp_path / "small.py"
    path.write_text(source)
    return run_sheet(path)


def told(sheet: Sheet) -> list[str]:
    found = rules.broken(sheet)
    return found or rules.broken_when_drawn(lay_out(sheet))


def test_a_proposal_needs_a_stamp_and_nothing_else(tmp_path: pathlib.Path) -> None:
    """Neither a template nor evidence: the stamp is what stands behind each arrow."""
    sheet = sheet_of(tmp_path)
    assert told(sheet) == []
    assert not sheet.asked_template
    assert [it.evidence for it in sheet.arrows] == ["a proposal"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"One"', '"One two\\nthree four five six"', "7: 'three four five six' has 4 words"),
        ('Data("it")', 'Data("it\\n")', "10: '' has 0 words"),
        ('    step("It goes over.")\n', "", "9: the arrow one -> two belongs to no step"),
        ("It goes over.", "it goes over.", "9: 'it goes over.' is no sentence"),
        ("It goes over.", "It goes over", "9: 'It goes over' is no sentence"),
        ("    one >>", '    step("And then.")\n    one >>', "9: step 1 has no arrow"),
        ("one two", "one two three", "6: the plan names ['three'], and no node is called so"),
        ('plan="one two"', 'plan="one"', "8: 'two' has no place in the plan"),
        ('"One"', '"Two"', "8: a second node is called 'two'"),
        ('"One"', '"One", colour="red"', "7: 'one' has unknown keywords ['colour']"),
        ('"One"', '"漢"', "7: the sheets' font has no ['漢'] (in '漢')"),
        (' stamp="a proposal"', ' checked=False, stamp=""', "6: it is not what is deployed"),
        (' stamp="a proposal"', "", "6: nothing on it is of reference/template.yaml"),
        (' stamp="a proposal"', "", "7: 'one' needs one of resource="),
        ("one >> Data", "Zone('Empty')\n    one >> Data", "10: zone 'Empty' is empty"),
        ('>> Data("it") >>', "-", "10: the line one - two has no head"),
        ("A small one.", '10 " f"{sheet}', "6: "),
    ],
)
def test_each_broken_rule_names_its_place(
    tmp_path: pathlib.Path, old: str, new: str, message: str
) -> None:
    if "{sheet}" in new:  # a number typed where another is asked of the template
        change = ('"Small", "A small one."', '"Small 7", "A small one."')
        ask = ('step("It', 'sheet.template.max_receives("WriteQueue")\n    step("It')
        old, new, message = *change, "6: 'Small 7' types a number"
        sheet = sheet_of(tmp_path, (old, new), ask)
    else:
        sheet = sheet_of(tmp_path, (old, new))
    assert any(f"small.py:{message}" in it for it in told(sheet)), told(sheet)


def test_a_proposals_own_numbers_are_its_own(tmp_path: pathlib.Path) -> None:
    assert told(sheet_of(tmp_path, ('Data("it")', 'Data("10,000 items")'))) == []


def test_all_is_told_at_once(tmp_path: pathlib.Path) -> None:
    changes = (("one two", "one"), ("over.", "over"), ('Data("it")', 'Data("a b c d")'))
    sheet_of(tmp_path, *changes)
    with pytest.raises(SheetError) as error:
        render.draw(tmp_path / "small.py", pictures=False)
    assert re.findall(r"small\.py:(\d+):", str(error.value)) == ["8", "10", "9"]


def test_a_frame_around_a_stranger_is_told_with_the_rest(tmp_path: pathlib.Path) -> None:
    framed = '    with Zone("Ours"):\n        one, three = SQS("One"), SQS("Three")\n'
    changes = (
        ('plan="one two"', 'plan="one two three"'),
        ('    one = SQS("One")\n', framed),
        ("over.", "over"),
    )
    sheet_of(tmp_path, *changes)
    with pytest.raises(SheetError) as error:
        render.draw(tmp_path / "small.py", pictures=False)
    sentence, covered = str(error.value).split("\n")
    assert "is no sentence" in sentence
    assert "zone 'Ours' covers 'two'" in covered


def test_words_on_another_arrow_are_told(tmp_path: pathlib.Path) -> None:
    more = ("one >> Data", 'three = SQS("Three"); three >> Data() >> one\n    one >> Data')
    drawing = lay_out(sheet_of(tmp_path, ('plan="one two"', 'plan="three one two"'), more))
    assert rules.broken_when_drawn(drawing) == []
    (start, end), (_, words) = drawing.ways[0], drawing.labels
    words.words = Box(start.x, start.y - 4, end.x, end.y + 4)
    (message,) = rules.broken_when_drawn(drawing)
    assert "small.py:11: 'it' lies on the arrow three -> one" in message


def test_arrows_that_cross_are_told_with_both_lines(tmp_path: pathlib.Path) -> None:
    """Five nodes, each joined to each, can't be drawn without a crossing."""
    nodes = "; ".join(f'{it} = SQS("{it.upper()}")' for it in "abc")
    arrows = "; ".join(f"{i} >> {j}" for i, j in itertools.combinations(["one", "two", *"abc"], 2))
    sheet = sheet_of(
        tmp_path,
        ('plan="one two"', 'plan="one a\\n b c two"'),
        ('one >> Data("it") >> two', f"{nodes}\n    {arrows}"),
    )
    found = [it for it in told(sheet) if "cross or touch" in it]
    assert found
    assert all(re.match(r"\S+small\.py:11: the arrow .*small\.py:11\)", it) for it in found)


def test_a_picture_that_has_to_be_panned_is_told_unless_that_is_meant(
    tmp_path: pathlib.Path,
) -> None:
    names = [f"node-{letter}" for letter in "abcdefghijkl"]
    row = " ".join(["one", *names, "two"])
    nodes = "; ".join(f'SQS("{it.replace("-", " ").title()}")' for it in names)
    more = (('plan="one two"', f'plan="{row}"'), ("    step(", f"    {nodes}\n    step("))
    (message,) = [it for it in told(sheet_of(tmp_path, *more)) if "panned" in it]
    assert "small.py:6: the picture is" in message
    pans = (("stamp=", "pans=True, stamp="),)
    assert not any("panned" in it for it in told(sheet_of(tmp_path, *more, *pans)))


@pytest.mark.parametrize(
    ("edge", "kind", "ends", "label"),
    [
        ("one >> two", "data", ("one", "two"), []),
        ("one << two", "data", ("two", "one"), []),
        ('one >> Edge(label="it\\ngoes") >> two', "data", ("one", "two"), ["it", "goes"]),
        ('one >> Edge(color="darkred") >> two', "failure", ("one", "two"), []),
        ('one >> Edge(style="dashed") >> two', "signal", ("one", "two"), []),
    ],
)
def test_a_plain_edge_is_taken(
    tmp_path: pathlib.Path, edge: str, kind: str, ends: tuple[str, str], label: list[str]
) -> None:
    sheet = sheet_of(tmp_path, ('one >> Data("it") >> two', edge))
    (arrow,) = sheet.arrows
    assert told(sheet) == []
    assert (arrow.kind, (arrow.source, arrow.target), arrow.label) == (kind, ends, label)


def test_a_plain_edge_of_what_is_deployed_is_drawn_as_the_template_has_it(
    tmp_path: pathlib.Path,
) -> None:
    sheet = sheet_of(
        tmp_path,
        (', stamp="a proposal"', ""),
        ('SQS("One")', 'SQS("One", resource="WriteQueue")'),
        ('Lambda("Two")', 'SQS("Two", resource="WriteDlq")'),
        ('one >> Data("it") >> two', "one >> two"),
    )
    assert told(sheet) == []
    assert [it.kind for it in sheet.arrows] == ["failure"]
    ((line, *_),) = evidence(sheet, sheet.template)
    assert re.fullmatch(r"reference/template\.yaml:\d+ WriteQueue\.RedrivePolicy", line)


def test_plain_clusters_are_zones_nested_as_written(tmp_path: pathlib.Path) -> None:
    outer, inner = '    with Cluster("Outer"):\n', '        with Cluster("Inner"):\n'
    nested = f'{outer}{inner}            two = Lambda("Two")\n'
    sheet = sheet_of(tmp_path, ('    two = Lambda("Two")\n', nested))
    assert told(sheet) == []
    zones = {it.name: (it.parent, it.nodes) for it in sheet.zones.values()}
    assert zones == {"outer": ("", ["two"]), "inner": ("outer", ["two"])}


def test_words_of_any_alphabet_of_the_font_are_drawn(tmp_path: pathlib.Path) -> None:
    label = ('"One"', '"Prüfung\\nЖизнь Żółć"')
    sheet = sheet_of(tmp_path, label, ("one two", "prüfung-жизнь-żółć two"))
    assert told(sheet) == []
    drawing = lay_out(sheet)
    assert "Prüfung" in svg(drawing)
    assert fonts.width("Żółć", 14) == pytest.approx(fonts.width("Zolc", 14), abs=6)


@pytest.mark.slow
def test_the_other_letters_of_a_sheet_are_embedded_in_it_alone() -> None:
    with fonts.covering(["ü"]):
        inside = fonts.face_css()
        assert all(ord("ü") in TTFont(it).getBestCmap() for it in fonts.files())
    assert fonts.face_css() != inside
    assert all(ord("ü") not in TTFont(it).getBestCmap() for it in fonts.files())


def test_a_class_that_is_not_listed_is_drawn_with_the_packages_picture(
    tmp_path: pathlib.Path,
) -> None:
    """A picture of dark lines takes the colour of the text around it, for dark mode."""
    sheet = sheet_of(
        tmp_path,
        ("import Lambda", "import Fargate\nfrom diagrams.aws.general import Client"),
        ('Lambda("Two")', 'Fargate("Two")'),
        ('SQS("One")', 'Client("One")'),
    )
    assert told(sheet) == []
    picture = svg(lay_out(sheet))
    assert picture.count('href="data:image/webp') == 2
    assert picture.count('fill="currentColor" mask="url(#small-icon-aws-general-client-mask)"') == 1


def test_plain_names_are_the_packages_own_again_afterwards(tmp_path: pathlib.Path) -> None:
    import diagrams  # noqa: PLC0415

    before = diagrams.Cluster.node, diagrams.Cluster.__enter__
    sheet_of(tmp_path)
    assert (diagrams.Cluster.node, diagrams.Cluster.__enter__) == before
    with pytest.raises(SheetError):
        read_sheet(broken_in_the_middle(tmp_path))
    assert (diagrams.Cluster.node, diagrams.Cluster.__enter__) == before


def broken_in_the_middle(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "small.py"
    path.write_text(SHEET.replace("one >> Data", "1 / 0"))
    return path


@pytest.mark.slow
def test_the_file_draws_itself_beside_it_and_tells_what_is_wrong(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "small.py"
    path.write_text(SHEET.replace("It goes over.", "It goes over"))
    ended = subprocess.run(  # noqa: S603 - our own sheet
        [sys.executable, str(path)],
        env={"PYTHONPATH": str(render.HERE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "small.py:9: 'It goes over' is no sentence" in ended.stderr
    drawn = {it.name for it in tmp_path.iterdir()}
    assert drawn >= {"small.svg", "small.png", "small-dark.png"}


@pytest.mark.slow
def test_a_new_sheet_draws_at_once(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "HERE", tmp_path)
    monkeypatch.setattr(render, "OUT", tmp_path / "out")
    runner = CliRunner()
    result = runner.invoke(render.app, ["--new", "my_design"])
    assert result.exit_code == 0, result.output
    assert "1 drawn" in result.output
    assert (tmp_path / "out" / "my-design.svg").exists()
    again = runner.invoke(render.app, ["--new", "my_design"])
    assert again.exit_code == 2
    assert "there is a diagrams/my_design.py already" in again.output
    assert runner.invoke(render.app, ["--new", "My-Design"]).exit_code == 2
