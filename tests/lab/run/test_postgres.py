"""The local PostgreSQL: up, down, up again, and nothing left behind."""

import signal

import psutil
import psycopg
import pytest

from lab.run.postgres import Postgres, PostgresError, running_postgres


class OurError(Exception):
    pass


def is_gone(server: Postgres) -> bool:
    try:
        psycopg.connect(server.conninfo(), connect_timeout=1).close()
    except psycopg.OperationalError:
        return not server.log.parent.exists()
    return False


@pytest.mark.slow
def test_it_has_the_clients_tables_and_leaves_nothing_even_on_failure() -> None:
    servers: list[Postgres] = []

    def fail() -> None:
        with running_postgres(max_connections=7, settings={"fsync": "off"}) as server:
            servers.append(server)
            with psycopg.connect(server.conninfo("expenses_app")) as connection:
                assert connection.execute("SELECT count(*) FROM expenses.expense").fetchone() == (
                    0,
                )
                assert connection.execute("SHOW max_connections").fetchone() == ("7",)
                connection.execute("SELECT receipt_id FROM receipts_inbox.receipt")
            raise OurError

    with pytest.raises(OurError):
        fail()
    assert is_gone(servers[0])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
@pytest.mark.slow
def test_what_was_committed_is_there_after_a_restart(how: signal.Signals) -> None:
    with running_postgres(settings={"fsync": "off"}) as server:
        with psycopg.connect(server.conninfo()) as connection:
            connection.execute("INSERT INTO expenses.customer (reference, name) VALUES ('C', 'c')")
        server.stop(how)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.conninfo())
        server.start()
        with psycopg.connect(server.conninfo()) as connection:
            assert connection.execute("SELECT name FROM expenses.customer").fetchone() == ("c",)


@pytest.mark.slow
def test_a_server_that_does_not_start_says_why() -> None:
    with (
        pytest.raises(PostgresError, match="no_such_setting"),
        running_postgres(settings={"no_such_setting": 1}),
    ):
        pass


@pytest.mark.slow
def test_an_interruption_while_it_starts_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    servers: list[tuple[Postgres, int]] = []

    def interrupted(server: Postgres) -> None:
        servers.append((server, server.pid))
        raise KeyboardInterrupt

    monkeypatch.setattr(Postgres, "_wait_until_ready", interrupted)
    with pytest.raises(KeyboardInterrupt), running_postgres(settings={"fsync": "off"}):
        pass
    [(server, pid)] = servers
    assert not psutil.pid_exists(pid)
    assert is_gone(server)


@pytest.mark.slow
def test_it_listens_on_this_machine_only() -> None:
    with running_postgres(settings={"fsync": "off"}) as server:
        listening = {
            socket.laddr.ip
            for socket in psutil.Process(server.pid).net_connections("tcp")
            if socket.status == psutil.CONN_LISTEN
        }
    assert listening == {"127.0.0.1"}
