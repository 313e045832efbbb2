"""Which database it is, by its address; what can't be used is said before anything connects."""

import sys

import pytest

from receipts.agent.databases import open_inbox
from receipts.agent.mariadb import MariaInbox
from receipts.agent.postgres import PostgresInbox
from receipts.errors import InboxMisconfiguredError


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("host=db dbname=expenses user=receipts_agent", PostgresInbox),
        ("postgresql://receipts_agent@db/expenses", PostgresInbox),
        ("mariadb://receipts_agent@db", MariaInbox),
        ("mysql://receipts_agent@db:3307/receipts_inbox?tls=off", MariaInbox),
    ],
)
def test_the_address_says_which_database_it_is(address: str, kind: type) -> None:
    assert isinstance(open_inbox(address, 2, list), kind)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("hst=db", "hst"),
        ("mariadb://", "host"),
        ("mariadb://db/elsewhere", "the database is receipts_inbox"),
        ("mariadb://db?ssl_verify=off", "known are ssl_ca, option_file and tls=off"),
        ("mariadb://db?tls=no", "known are ssl_ca, option_file and tls=off"),
        ("mariadb://db:many", "many"),
        ("mariadb://db?ssl_ca=/nowhere.crt", "No such file"),
        ("mariadb://db?option_file=/nowhere.cnf", "/nowhere.cnf"),
    ],
)
def test_an_address_that_can_t_be_used_is_said(address: str, says: str) -> None:
    with pytest.raises(InboxMisconfiguredError, match=says):
        open_inbox(address, 2, list)


def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "receipts.agent.mariadb", raising=False)
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(InboxMisconfiguredError, match=r"install receipts-agent\[mariadb\]"):
        open_inbox("mariadb://db", 2, list)
