"""A demo's variables: what is wrong is named before anything starts."""

import shutil
import subprocess

import pytest

from lab.run.demo.choices import DemoChoiceError, from_environment
from lab.run.demo.client import ROWS_PER_S_AND_CORE
from lab.support.cores import available_cores
from lab.support.paths import ROOT


def test_nothing_set_is_three_hundred_rendered_receipts_and_a_reader_more_than_cores():
    choices = from_environment({"RECEIPTS": "", "COUNT": ""})
    assert choices.receipts is None
    assert choices.count is None
    assert choices.concurrency >= 2


def test_a_rate_that_was_chosen_is_the_ceiling():
    assert from_environment({"RATE": "7"}).ceiling == 7
    assert from_environment({}).ceiling == ROWS_PER_S_AND_CORE * available_cores()


def test_what_makes_a_run_again_is_told_without_anybody_s_path(tmp_path):
    given = {"COUNT": "6", "PRESS": "kill,poison", "RECEIPTS": str(tmp_path)}
    choices = from_environment(given)
    assert choices.typed == "COUNT=6 PRESS=kill,poison"
    assert choices.buttons == ("kill", "poison")


def test_every_variable_is_read(tmp_path):
    given = {
        "RECEIPTS": str(tmp_path),
        "COUNT": "20",
        "RATE": "7.5",
        "CONCURRENCY": "4",
        "KEEP": "1",
    }
    choices = from_environment(given)
    assert (choices.receipts, choices.count, choices.rate) == (tmp_path, 20, 7.5)
    assert (choices.concurrency, choices.keep) == (4, True)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"COUNT": "0"}, "COUNT=0: give a whole number, 1 or more"),
        ({"COUNT": "abc"}, "COUNT=abc: give a whole number, 1 or more"),
        ({"RATE": "-1"}, "RATE=-1: give rows a second, over 0"),
        ({"RATE": "nan"}, "RATE=nan: give rows a second"),
        ({"CONCURRENCY": "1"}, "CONCURRENCY=1: give a whole number, 2 or more"),
        ({"ENGINE": "abacus"}, "ENGINE=abacus: give one of tesseract"),
        ({"PRESS": "kill,explode"}, "PRESS=kill,explode: give some of pause, kill"),
        ({"KEEP": "maybe"}, "KEEP=maybe: give 1, or nothing"),
        ({"RECEIPTS": "nowhere/at/all"}, "RECEIPTS=nowhere/at/all"),
    ],
)
def test_a_wrong_variable_is_named(given, named):
    with pytest.raises(DemoChoiceError, match=named):
        from_environment(given)


def test_a_tilde_that_the_shell_left_alone_is_the_home_folder(tmp_path, monkeypatch):
    """As zsh and dash do in `make demo RECEIPTS=~/photos`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "photos").mkdir()
    assert from_environment({"RECEIPTS": "~/photos"}).receipts == tmp_path / "photos"
    with pytest.raises(DemoChoiceError, match="RECEIPTS=~nobody-of-that-name/x: there is no such"):
        from_environment({"RECEIPTS": "~nobody-of-that-name/x"})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["it's", 'a "b" c', "`echo x`; [/b] &", "caf\udce9"])
def test_make_hands_a_path_on_whatever_quotes_it_has(tmp_path, name):
    given = f"RECEIPTS={tmp_path}/{name}"
    make = str(shutil.which("make"))
    ended = subprocess.run(  # noqa: S603  what is tested
        [make, "--silent", "demo", given], cwd=ROOT, capture_output=True, check=False
    )
    told = ended.stderr.decode().splitlines()[0]
    shown = given.replace("\udce9", "\ufffd")
    assert told == f"error: {shown}: there is no such folder or file"
