"""The whole system on a laptop: emulator, deployed template, the client's PostgreSQL, the agent."""

import contextlib
import functools
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import tomli_w
from msgspec import Struct

from lab.run.local.deployment import Choices, Deployment, deploy
from lab.run.local.emulator import Emulator, running_emulator
from lab.run.local.issuer import running_issuer
from lab.run.local.processes import running_process
from lab.run.postgres import Postgres, running_postgres
from lab.support.free_port import free_port
from lab.support.paths import REFERENCE

MAX_CONNECTIONS = 20
"""Few: the client's database is small."""

QUEUES = {
    "upload queue": "UploadQueueUrl",
    "receipt queue": "ReceiptQueueUrl",
    "write queue": "WriteQueueUrl",
}
DLQS = {"upload DLQ": "UploadDlqUrl", "receipt DLQ": "ReceiptDlqUrl", "write DLQ": "WriteDlqUrl"}


class LocalSystem(Struct, frozen=True, kw_only=True):
    """The running parts; `folder` is private and removed with them."""

    deployment: Deployment
    database: Postgres
    folder: Path

    def depth(self, output: str) -> int:
        """Messages on the queue whose URL is this output of the template, in flight or not."""
        return depth(_sqs(self.deployment.emulator), self.deployment.outputs[output])

    def connect(self) -> psycopg.Connection:
        """A connection for the lab, as the superuser; the agent has a role of its own."""
        return psycopg.connect(self.database.conninfo(), autocommit=True)

    @property
    def agent_log(self) -> Path:
        """The agent's output."""
        return self.folder / "agent.log"

    @contextlib.contextmanager
    def agent(
        self,
        rows_per_second: float,
        *,
        folder: Path | None = None,
        aws_url: str | None = None,
        **settings: str | float,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run the client's pull agent as a process; it is stopped cleanly on the way out.

        Its configuration file and its log go to `folder`, by default the system's own. `aws_url`
        replaces the emulator's endpoint. `settings` are further keys of the file, see
        `receipts.agent.config`.
        """
        folder = folder or self.folder
        outputs = self.deployment.outputs
        config = folder / "agent.toml"
        config.write_text(
            tomli_w.dumps(
                {
                    "queue_url": outputs["WriteQueueUrl"],
                    "dead_letter_url": outputs["WriteDlqUrl"],
                    "ledger_table": outputs["LedgerTable"],
                    "database": self.database.conninfo(user="receipts_agent"),
                    "rows_per_second": rows_per_second,
                    "poll_seconds": 1,
                    "metrics_port": free_port(),  # another system may run beside this one
                    **settings,
                }
            )
        )
        command = [sys.executable, "-m", "commands", "agent", "--config", str(config)]
        environment = {
            **self.deployment.emulator.environment,
            "PYTHONPATH": str(REFERENCE),
        }
        if aws_url:
            environment["AWS_ENDPOINT_URL"] = aws_url
        with running_process(
            command, env=environment, cwd=folder, log=folder / "agent.log"
        ) as process:
            yield process


def depth(sqs: Any, url: str) -> int:  # noqa: ANN401  boto3's own
    """Messages on a queue, those in flight included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)


@functools.cache  # creating a client takes far longer than a call
def _sqs(emulator: Emulator) -> Any:  # noqa: ANN401  boto3's own
    return emulator.client("sqs")


@contextlib.contextmanager
def local_system(
    choices: Choices, postgres_settings: Mapping[str, str | int] | None = None
) -> Iterator[LocalSystem]:
    """Start everything but the agent; stop and remove it on the way out, whatever happens.

    `postgres_settings` are settings of the client's postgresql.conf.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="receipts-lab-"))
        database = stack.enter_context(
            running_postgres(max_connections=MAX_CONNECTIONS, settings=postgres_settings)
        )
        emulator = stack.enter_context(running_emulator())
        issuer = stack.enter_context(running_issuer())
        yield LocalSystem(
            deployment=deploy(emulator, issuer, choices), database=database, folder=Path(folder)
        )
