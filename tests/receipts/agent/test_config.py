"""The agent's configuration: everything wrong is named at once, with what to give instead."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receipts.agent.config import REMEDIES, AgentConfig, load, parse
from receipts.errors import ConfigError

GIVEN = {
    "queue_url": "https://sqs/write",
    "dead_letter_url": "https://sqs/dead",
    "ledger_table": "ledger",
    "database": "host=db",
    "rows_per_second": 300,
}


def test_a_complete_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text("".join(f"{key} = {value!r}\n" for key, value in GIVEN.items()))
    assert load(path).rows_per_second == 300


def test_every_key_has_a_remedy() -> None:
    assert set(REMEDIES) == set(AgentConfig.__struct_fields__)


def test_all_wrong_keys_are_named_together() -> None:
    given_ = GIVEN | {"rows_per_second": 0, "poll_seconds": "x", "color": "red"}
    del given_["queue_url"]
    with pytest.raises(ConfigError) as caught:
        parse(given_)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0].strip() for line in lines] == [
        "color",
        "queue_url",
        "rows_per_second",
        "poll_seconds",
    ]
    assert REMEDIES["queue_url"] in lines[1]
    assert REMEDIES["rows_per_second"] in lines[2]


@given(st.floats(max_value=0) | st.just(float("nan")))
def test_a_rate_of_nothing_or_less_is_refused(rate: float) -> None:
    with pytest.raises(ConfigError, match="rows_per_second"):
        parse(GIVEN | {"rows_per_second": rate})


@pytest.mark.parametrize(("text", "reason"), [(None, "can't be read"), ("queue_url", "not TOML")])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: str | None, reason: str) -> None:
    path = tmp_path / "agent.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError, match=reason):
        load(path)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"schedule": ["22-06"]}, "schedule: '22-06' is no window"),
        ({"time_zone": "Mars/Base"}, "no time zone is called 'Mars/Base'"),
        ({"connections": 1}, "connections: .*give the role's CONNECTION LIMIT"),
        ({"share": 0}, "share: .*give how much of one transaction"),
        (
            {"rows_per_transaction": 501},
            "rows_per_transaction: .*give a whole number from 1 to 500",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse(GIVEN | changes)
