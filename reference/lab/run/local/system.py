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
from msgspec import Struct, json

from lab.run import postgres
from lab.run.local.deployment import Choices, Deployment, deploy
from lab.run.local.emulator import Emulator, running_emulator
from lab.run.local.issuer import running_issuer
from lab.run.local.processes import running
from lab.support.free_port import free_port
from lab.support.paths import REFERENCE

MAX_CONNECTIONS = 20
"""The client's database is small: that is the story."""

QUEUES = {
    "upload queue": "UploadQueueUrl",
    "receipt queue": "ReceiptQueueUrl",
    "write queue": "WriteQueueUrl",
}
DLQS = {"upload DLQ": "UploadDlqUrl", "receipt DLQ": "ReceiptDlqUrl", "write DLQ": "WriteDlqUrl"}


class LocalSystem(Struct, frozen=True, kw_only=True):
    """The parts while they run; `folder` is private and goes with them."""

    deployment: Deployment
    database: postgres.Postgres
    folder: Path

    def depth(self, output: str) -> int:
        """Messages on the queue whose URL is this output of the template, in flight or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = _sqs(self.deployment.emulator).get_queue_attributes(
            QueueUrl=self.deployment.outputs[output], AttributeNames=names
        )
        return sum(int(answer["Attributes"][name]) for name in names)

    def connect(self) -> psycopg.Connection:
        """A connection of the lab's own, as the superuser; the agent has another role."""
        return psycopg.connect(self.database.conninfo(), autocommit=True)

    @property
    def agent_log(self) -> Path:
        """What the agent printed."""
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
        """The client's pull agent, as a process of its own; stopped cleanly on the way out.

        Its file and its log go to `folder`, the system's own where none is given. It speaks to AWS
        at `aws_url`, else to the emulator directly. `settings` are further keys of its file; see
        `receipts.agent.config`.
        """
        folder = folder or self.folder
        outputs = self.deployment.outputs
        config = folder / "agent.toml"
        config.write_text(
            _toml(
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
        command = [sys.executable, "-m", "receipts", "agent", "--config", str(config)]
        environment = {
            **self.deployment.emulator.environment,
            "PYTHONPATH": str(REFERENCE),
        }
        if aws_url:
            environment["AWS_ENDPOINT_URL"] = aws_url
        with running(command, env=environment, cwd=folder, log=folder / "agent.log") as process:
            yield process


@functools.cache  # making a client takes far longer than a call: it reads the service's model
def _sqs(emulator: Emulator) -> Any:  # noqa: ANN401  boto3's own
    return emulator.client("sqs")


@contextlib.contextmanager
def local_system(choices: Choices) -> Iterator[LocalSystem]:
    """Start everything but the agent; stop and remove it, whatever happens in between."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="receipts-lab-"))
        database = stack.enter_context(postgres.running(max_connections=MAX_CONNECTIONS))
        emulator = stack.enter_context(running_emulator())
        issuer = stack.enter_context(running_issuer())
        yield LocalSystem(
            deployment=deploy(emulator, issuer, choices), database=database, folder=Path(folder)
        )


def _toml(values: Mapping[str, str | float]) -> str:
    # A JSON string is a TOML string.
    return "".join(f"{name} = {json.encode(value).decode()}\n" for name, value in values.items())
