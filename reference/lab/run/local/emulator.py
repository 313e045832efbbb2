"""The AWS emulator as a child process: private folder, free port, 127.0.0.1 only."""

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

from lab.run.local.processes import running
from lab.support.errors import LabError
from lab.support.free_port import free_port

REGION = "eu-central-1"
SERVICES = (
    "apigateway,cloudformation,dynamodb,events,iam,kinesis,lambda,logs,monitoring,s3,sns,sqs,sts"
)
START_S = 20.0


class EmulatorError(LabError):
    """The emulator did not start; the text holds the end of its log."""


class Emulator(Struct, frozen=True, kw_only=True):
    """A running emulator: `url` is the endpoint of every service, `log` what it prints."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to talk to it: endpoint, region and made-up credentials."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def session(self) -> boto3.Session:
        """A session with its region and credentials."""
        environment = self.environment
        return boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )

    def client(self, service: str) -> Any:  # noqa: ANN401  boto3's own
        """A client of one service that asks again where the emulator is busy."""
        config = Config(retries={"mode": "standard", "max_attempts": 5})
        return self.session().client(service, endpoint_url=self.url, config=config)  # type: ignore[call-overload]


@contextlib.contextmanager
def running_emulator() -> Iterator[Emulator]:
    """Start it, wait until it answers, stop it with its workers, delete its folder.

    Raises `EmulatorError`.
    """
    with tempfile.TemporaryDirectory(prefix="receipts-emulator-") as name:
        folder = Path(name)
        port = free_port()
        log = folder / "emulator.log"
        command = [sys.executable, "-m", "ministack"]
        with running(command, env=_environment(folder, port), cwd=folder, log=log) as process:
            emulator = Emulator(url=f"http://127.0.0.1:{port}", log=log, process=process)
            _wait(emulator)
            yield emulator


def _environment(folder: Path, port: int) -> dict[str, str]:
    # Workers inherit all of it. A minimal one keeps them from finding what AWS would not have:
    # a system's own Tesseract on PATH, a developer's credentials.
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
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _wait(emulator: Emulator) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and emulator.process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{emulator.url}/_ministack/ready").is_success:
                return
        time.sleep(0.05)
    end = emulator.log.read_text(errors="replace")[-2000:]
    raise EmulatorError(f"the emulator did not start within {START_S:.0f} s. Its log ends:\n{end}")
