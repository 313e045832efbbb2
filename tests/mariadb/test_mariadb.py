"""What MariaDB does otherwise than PostgreSQL, on Debian's; what both must is in `contract`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from helpers.fakes_agent import NOON, result
from helpers.on_mariadb import OnMariaDB, inbox_sql, running_mariadb
from helpers.tls_front import certificate
from reading.receipt import Receipt
from receipts.agent.mariadb import MariaInbox
from receipts.agent.start import WRONG, check
from receipts.errors import (
    BadRowError,
    InboxMisconfiguredError,
    InboxRefusedError,
    InboxUnavailableError,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def server(on_mariadb: OnMariaDB) -> OnMariaDB:
    return on_mariadb


@pytest.fixture
def inbox(server: OnMariaDB) -> Iterator[MariaInbox]:
    inbox = server.inbox()
    inbox.ensure_writer()
    yield inbox
    inbox.close()


@pytest.fixture
def changing(server: OnMariaDB) -> Iterator[Any]:
    """Changes a setting of the whole server, for the time of a test."""
    before: dict[str, object] = {}

    def change(name: str, value: object) -> None:
        with server.admin() as admin, admin.cursor() as cursor:
            cursor.execute(f"SELECT @@global.{name}")
            before[name] = cursor.fetchone()[0]
            cursor.execute(f"SET GLOBAL {name} = %s", [value])

    yield change
    with server.admin() as admin, admin.cursor() as cursor:
        for name, value in before.items():
            cursor.execute(f"SET GLOBAL {name} = %s", [value])


def asked(inbox: MariaInbox, query: str) -> Any:
    """What the agent's own session answers."""
    assert inbox._connection is not None  # noqa: SLF001
    with inbox._connection.cursor() as cursor:  # noqa: SLF001
        cursor.execute(query)
        return cursor.fetchone()


def test_a_server_that_takes_anything_is_strict_with_the_agent(
    server: OnMariaDB, changing: Any
) -> None:
    changing("sql_mode", "")
    changing("time_zone", "+05:00")
    changing("init_connect", "SET autocommit = 0")
    inbox = server.inbox()
    inbox.ensure_writer()
    with pytest.raises(BadRowError, match=r"1406.*'currency'"):
        inbox.write([result(1, receipt=Receipt(currency="euro"))])
    assert inbox.write([result(1)]) == 1
    [row] = server.rows()  # committed, for another session sees it
    assert row["read_at"] == NOON
    inbox.close()


def test_the_session_has_limits_that_no_account_can_be_held_to(inbox: MariaInbox) -> None:
    limits = "@@wait_timeout, @@lock_wait_timeout, @@innodb_lock_wait_timeout, @@max_statement_time"
    assert asked(inbox, f"SELECT {limits}") == (45, 1, 1, 5.0)


def test_a_text_with_nul_is_a_text_like_others(inbox: MariaInbox, server: OnMariaDB) -> None:
    assert inbox.write([result(1, receipt=Receipt(merchant="NUL \x00 in it"))]) == 1
    assert server.rows()[0]["merchant"] == "NUL \x00 in it"


def test_a_text_that_does_not_fit_is_refused_and_not_cut(inbox: MariaInbox) -> None:
    with pytest.raises(BadRowError, match=r"1406.*'merchant'"):
        inbox.write([result(1, receipt=Receipt(merchant="x" * 65_536))])


def test_a_statement_that_the_server_would_hang_up_on_is_not_sent(
    server: OnMariaDB, changing: Any
) -> None:
    changing("max_allowed_packet", 16_384)
    inbox = server.inbox()
    inbox.ensure_writer()
    long = [result(n, receipt=Receipt(merchant="x" * 10_000)) for n in (1, 2)]
    with pytest.raises(BadRowError, match="over the server's max_allowed_packet"):
        inbox.write(long)
    assert [inbox.write([one]) for one in long] == [1, 1]  # as the writer does: in halves
    inbox.close()


def test_a_server_that_becomes_read_only_is_unavailable(inbox: MariaInbox, changing: Any) -> None:
    changing("read_only", 1)
    with pytest.raises(InboxUnavailableError, match="1290"):
        inbox.write([result(1)])
    with pytest.raises(InboxUnavailableError, match="read-only"):
        inbox.ensure_writer()


def test_a_binary_log_that_a_crash_may_cut_short_is_refused(
    inbox: MariaInbox, changing: Any
) -> None:
    changing("sync_binlog", 0)
    with pytest.raises(InboxMisconfiguredError, match=r"sync_binlog is 0 .* SET GLOBAL"):
        inbox.ensure_writer()


def test_a_table_without_transactions_is_refused(inbox: MariaInbox, server: OnMariaDB) -> None:
    server.run("ALTER TABLE receipts_inbox.receipt ENGINE = Aria")
    try:
        with pytest.raises(InboxMisconfiguredError, match="is of Aria: it has no transactions"):
            inbox.ensure_writer()
    finally:
        server.run("ALTER TABLE receipts_inbox.receipt ENGINE = InnoDB")


def test_behind_a_proxy_nobody_becomes_the_writer(
    server: OnMariaDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy greets with an id of its own, so the server's is another."""
    monkeypatch.setattr(pymysql.Connection, "thread_id", lambda _: -1)
    with pytest.raises(InboxMisconfiguredError, match="a proxy stands between"):
        server.inbox().ensure_writer()


def test_a_certificate_of_somebody_else_is_refused_and_said(
    server: OnMariaDB, tmp_path: Path
) -> None:
    theirs, _ = certificate(tmp_path, "somebody")
    address = server.address.replace(str(server.certificate), str(theirs))
    with pytest.raises(InboxRefusedError, match="certificate verify failed"):
        MariaInbox(address).ensure_writer()


def test_the_certificate_is_checked_if_nobody_asks_for_it(server: OnMariaDB) -> None:
    with pytest.raises(InboxRefusedError, match="certificate verify failed"):
        MariaInbox(server.address.partition("?")[0]).ensure_writer()


def test_the_session_is_encrypted_unless_the_address_says_otherwise(server: OnMariaDB) -> None:
    ciphers = []
    for address in (server.address, server.address.partition("?")[0] + "?tls=off"):
        inbox = MariaInbox(address)
        inbox.ensure_writer()
        ciphers.append(asked(inbox, "SHOW STATUS LIKE 'Ssl_cipher'")[1])
        inbox.close()
    assert ciphers[0].startswith("TLS_")
    assert ciphers[1] == ""


def test_the_password_stands_in_a_file_that_the_address_names(
    server: OnMariaDB, tmp_path: Path
) -> None:
    option_file = tmp_path / "my.cnf"
    inbox = MariaInbox(f"{server.address}&option_file={write(option_file, 'right')}")
    server.run("ALTER USER receipts_agent@'%' IDENTIFIED BY 'right'")
    try:
        assert inbox.ensure_writer()
        inbox.close()
        other = MariaInbox(f"{server.address}&option_file={write(option_file, 'wrong')}")
        with pytest.raises(InboxRefusedError, match="Access denied") as refused:
            other.ensure_writer()
        assert "wrong" not in str(refused.value)
    finally:
        server.run("ALTER USER receipts_agent@'%' IDENTIFIED BY ''")


def write(option_file: Path, password: str) -> Path:
    option_file.write_text(f'[client]\npassword = "{password}"\n')
    return option_file


def test_the_check_says_what_it_found_to_the_dba(
    server: OnMariaDB, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(
        'queue_url = "q"\ndead_letter_url = "d"\nledger_table = "l"\nrows_per_second = 10\n'
        f'database = "{server.address}"\n'
    )
    assert check(path) == 0
    assert capsys.readouterr().out == "a row was taken, and rolled back\n"
    server.run("ALTER USER receipts_agent@'%' WITH MAX_USER_CONNECTIONS 3")
    try:
        assert check(path) == WRONG
    finally:
        server.run("ALTER USER receipts_agent@'%' WITH MAX_USER_CONNECTIONS 2")
    assert "`connections` is 2, but the account may open 3" in capsys.readouterr().out


def test_a_dba_who_is_no_root_sets_it_up_purges_it_and_takes_it_back() -> None:
    commented = re.findall(
        r"^--     ((?:DELETE|DROP).*(?:\n--     ORDER.*)?;)$", inbox_sql(), re.MULTILINE
    )
    delete, *take_back = [one.replace("--     ", "") for one in commented]
    assert len(take_back) == 2
    with running_mariadb() as server:
        server.run(
            "".join(take_back) + "CREATE USER dba@'%'; GRANT CREATE USER ON *.* TO dba@'%';"
            "GRANT ALL ON receipts_inbox.* TO dba@'%' WITH GRANT OPTION"
        )
        server.dba = "dba"
        server.run(inbox_sql())
        inbox = server.inbox()
        inbox.ensure_writer()
        assert inbox.write([result(1), result(2)]) == 2
        server.run(
            "UPDATE receipts_inbox.receipt SET stored_at = stored_at - INTERVAL 500 DAY"
            " WHERE position = 1"
        )
        server.run(delete)
        assert [row["position"] for row in server.rows()] == [2]
        inbox.close()
        server.run("".join(take_back))
        with pytest.raises(InboxRefusedError, match="Access denied"):
            inbox.ensure_writer()


def test_a_cluster_s_node_is_named_for_its_lock_is_its_own(
    server: OnMariaDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As far as one node shows: a server that says it is of a cluster."""
    monkeypatch.setattr("receipts.agent.mariadb._WSREP", "SELECT 'wsrep_on', 'ON'")
    found: list[str] = []
    inbox = server.inbox(audited=found.extend)
    inbox.ensure_writer()
    inbox.close()
    assert len(found) == 1
    assert found[0].startswith("wsrep_on")
