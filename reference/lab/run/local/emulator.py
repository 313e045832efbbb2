"""The AWS emulator as a child process: a private folder and a free port, on 127.0.0.1 only."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config
from msgspec import Struct

from lab.run.local.processes import running_process
from lab.support.errors import LabError
from lab.support.free_port import free_port

REGION = "eu-central-1"
SERVICES = (
    "apigateway,cloudformation,dynamodb,events,iam,kinesis,lambda,logs,monitoring,s3,scheduler,sns,sqs,"
    "sts"
)
START_TIMEOUT_S = 120.0


class EmulatorError(LabError):
    """The emulator did not start; the text has the end of its log."""


class Emulator(Struct, frozen=True, kw_only=True):
    """A running emulator: `url` is the endpoint of every service, `log` its output."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables for its clients: endpoint, region and made-up credentials."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def client(self, service: str) -> Any:  # noqa: ANN401  boto3's own
        """A client of one service; it retries while the emulator is busy."""
        config = Config(retries={"mode": "standard", "max_attempts": 5})
        session = boto3.Session("test", "test", region_name=REGION)
        return session.client(service, endpoint_url=self.url, config=config)  # type: ignore[call-overload]


@contextlib.contextmanager
def running_emulator() -> Iterator[Emulator]:
    """Start the emulator and wait for it; on the way out stop it and its workers.

    Raises `EmulatorError`.
    """
    with tempfile.TemporaryDirectory(prefix="receipts-emulator-") as name:
        folder = Path(name)
        port = free_port()
        log = folder / "emulator.log"
        command = [sys.executable, "-m", "ministack"]
        with running_process(
            command, env=_environment(folder, port), cwd=folder, log=log
        ) as process:
            emulator = Emulator(url=f"http://127.0.0.1:{port}", log=log, process=process)
            _wait_until_ready(emulator)
            yield emulator


def _environment(folder: Path, port: int) -> dict[str, str]:
    # Minimal, because its workers inherit it and must not find what they would not have on AWS: a
    # Tesseract on PATH, a developer's credentials.
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",  # else port 8883 opens on every interface
        "SFTP_ENABLED": "0",
        "SERVICES": SERVICES,
        "LOG_LEVEL": "INFO",
        "AWS_DEFAULT_REGION": REGION,
    }


def _wait_until_ready(emulator: Emulator) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and emulator.process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{emulator.url}/_ministack/ready").is_success:
                return
        time.sleep(0.05)
    end = emulator.log.read_text(errors="replace")[-2000:]
    raise EmulatorError(
        f"the emulator did not start within {START_TIMEOUT_S:.0f} s. Its log ends:\n{end}"
    )
