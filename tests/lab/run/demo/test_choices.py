"""A demo's variables: what is wrong is named before anything starts."""

import pytest

from lab.run.demo.choices import DemoChoiceError, from_environment


def test_nothing_set_is_three_hundred_rendered_receipts_and_a_reader_more_than_cores():
    choices = from_environment({"RECEIPTS": "", "COUNT": ""})
    assert choices.receipts is None
    assert choices.count is None
    assert choices.concurrency >= 2


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
        ({"COUNT": "0"}, "count"),
        ({"COUNT": "many"}, "count"),
        ({"RATE": "-1"}, "rate"),
        ({"CONCURRENCY": "1"}, "concurrency"),
        ({"ENGINE": "abacus"}, "ENGINE=abacus"),
        ({"RECEIPTS": "nowhere/at/all"}, "RECEIPTS=nowhere/at/all"),
    ],
)
def test_a_wrong_variable_is_named(given, named):
    with pytest.raises(DemoChoiceError, match=named):
        from_environment(given)
