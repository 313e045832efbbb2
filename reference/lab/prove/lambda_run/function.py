"""A function of the template: its processes, each in a sandbox of its own, and what they take."""

import contextlib
import json
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from diagram_check.template.resource import Resource
from lab.prove.iam.deployed import Resolver, Stack, UnresolvedError
from lab.prove.lambda_run import inside, sandbox
from lab.prove.lambda_run.record import Figures
from lab.prove.lambda_run.runtime_api import (
    Invocation,
    InvocationError,
    RuntimeApi,
    handler_of,
    serving,
)
from lab.run.local.processes import running_process
from lab.ship.pythons import Python

LONGEST_INIT_S = 60.0
PATIENCE_S = 60.0
"""How long an event may wait for a free process, over the function's timeout."""
_UNKNOWN = ("ImageUri", "Layers", "PackageType", "VpcConfig")


class Settings(Struct, frozen=True, kw_only=True):
    """What is the same for all functions; `gate` is the socket file that serves AWS."""

    python: Python
    client: Path
    package: Path
    folder: Path
    stack: Stack
    gate: Path
    gate_port: int
    bubblewrap: str | None


class Function:
    """One function; `invoke` may be called by several threads."""

    def __init__(self, resource: Resource, role: str, resolver: Resolver, its: Settings) -> None:
        """`role` is the logical id of its role. Raises `UnresolvedError` for what isn't known."""
        given = resource.properties
        if unknown := [key for key in _UNKNOWN if key in given]:
            raise UnresolvedError(f"{resource.name}: {unknown} isn't known here")
        self.name, self.role = resource.name, role
        self.arn = its.stack.arn(resource.type, its.stack.resources[resource.name])
        self.timeout_s = float(given.get("Timeout", 3))
        self.limits = sandbox.Limits(
            memory_mb=int(given.get("MemorySize", 128)),
            scratch_mb=int(given.get("EphemeralStorage", {}).get("Size", sandbox.SCRATCH_MB)),
        )
        self.log_group = str(resolver.resolve(given["LoggingConfig"]["LogGroup"]))
        self._handler = str(given["Handler"])
        variables = resolver.resolve(given.get("Environment", {}).get("Variables", {}))
        self._variables = {name: _text(value) for name, value in variables.items()}
        self._its = its
        self.events: queue.Queue[Invocation] = queue.Queue()
        self._processes: list[_Process] = []
        self.invocations = 0

    @contextlib.contextmanager
    def running(self, processes: int) -> Iterator[None]:
        """Start so many processes, and stop them on the way out."""
        with contextlib.ExitStack() as stack:
            for number in range(processes):
                folder = self._its.folder / f"{self.name}-{number}"
                folder.mkdir()
                process = _Process(self, folder)
                stack.enter_context(process.running())
                self._processes.append(process)
                process.wait_until_ready()  # one after another: a cold start is measured alone
            yield

    def invoke(self, event: object) -> Any:  # noqa: ANN401  JSON
        """Its answer. Raises `InvocationError` where it fails, dies, or takes too long."""
        invocation = Invocation(event=event)
        self.invocations += 1
        self.events.put(invocation)
        waited_s = 0.0
        while not invocation.done.wait(0.5):
            waited_s += 0.5
            for process in self._processes:
                process.look()
            if waited_s > self.timeout_s + PATIENCE_S:
                raise InvocationError(f"{self.name} did not take its event:\n{self.log()}")
        if invocation.error:
            raise InvocationError(f"{self.name}: {invocation.error[:2000]}\n{self.log()[-2000:]}")
        return invocation.answer

    def figures(self) -> list[Figures]:
        """Of each process."""
        return [process.figures() for process in self._processes]

    def log(self) -> str:
        """What its processes wrote."""
        return "".join(process.log.read_text(errors="replace") for process in self._processes)

    def settings(self) -> Settings:
        """What it shares with the others."""
        return self._its

    def sandbox(self, folder: Path) -> sandbox.Sandbox:
        """Where one of its processes runs."""
        its = self._its
        return sandbox.Sandbox(
            bubblewrap=its.bubblewrap,
            python=its.python,
            client=its.client,
            package=its.package,
            folder=folder,
            limits=self.limits,
        )

    def sandboxed(self, folder: Path, runtime_port: int) -> tuple[list[str], dict[str, str]]:
        """The command of one process, and the environment that Lambda and the template give it."""
        its = self._its
        environment = self._environment(runtime_port)
        if not its.bubblewrap:
            paths = f"{its.package}:{its.client}"
            environment |= {"PYTHONPATH": paths, "LAMBDA_TASK_ROOT": str(its.package)}
        sockets = {sandbox.RUNTIME_PORT: inside.RUNTIME, its.gate_port: "aws.sock"}
        arguments = self.sandbox(folder).function(self._handler, sockets, environment)
        return arguments, environment

    def _environment(self, runtime_port: int) -> dict[str, str]:
        its, name = self._its, self.arn.rpartition(":")[2]
        return {
            "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            "LD_LIBRARY_PATH": sandbox.LIBRARY_PATH,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": "/var/runtime",
            "LAMBDA_TASK_ROOT": "/var/task",
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "AWS_REGION": its.stack.region,
            "AWS_DEFAULT_REGION": its.stack.region,
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.limits.memory_mb),
            "AWS_LAMBDA_LOG_GROUP_NAME": self.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": f"2026/01/31/[$LATEST]{'0' * 32}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{its.python.version}",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{runtime_port}",
            "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
            "_AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129",
            "_HANDLER": self._handler,
            **credentials(self.role),
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{its.gate_port}",
            **self._variables,
        }


class _Process:
    """One process of a function, and its runtime API."""

    def __init__(self, function: Function, folder: Path) -> None:
        self._function, self._folder = function, folder
        self.log = folder / "output.log"
        self._api = RuntimeApi(function.events, function.timeout_s, function.arn)
        self._lock = threading.Lock()
        self._stopped = False

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        its, folder = self._function.settings(), self._folder
        with contextlib.ExitStack() as stack:
            at: Path | int = folder / inside.RUNTIME if its.bubblewrap else 0
            server = stack.enter_context(serving(handler_of(self._api), at))
            stack.callback(self._api.close)
            if its.bubblewrap:
                (folder / "aws.sock").hardlink_to(its.gate)
            port = sandbox.RUNTIME_PORT if its.bubblewrap else int(server.server_port)
            command, environment = self._function.sandboxed(folder, port)
            env: Mapping[str, str] = {} if its.bubblewrap else environment
            where = folder if its.bubblewrap else its.package
            self._process = stack.enter_context(
                running_process(command, env=env, cwd=where, log=self.log, grace_s=2.0)
            )
            yield
            self._stopped = True

    def wait_until_ready(self) -> None:
        """Until it asks for an event. Raises `InvocationError` where it dies before."""
        until = time.monotonic() + LONGEST_INIT_S
        while not self._api.ready.wait(0.1):
            self.look()
            if time.monotonic() > until:
                raise InvocationError(
                    f"{self._function.name} doesn't start:\n{self._function.log()}"
                )

    def look(self) -> None:
        """Fail what runs where the process died or takes longer than its timeout."""
        with self._lock:
            code = self._process.poll()
            if code is not None and not self._stopped:
                killed = self._report().get("killed")
                why = "killed: out of memory" if killed else f"exited with {code}"
                raise InvocationError(
                    f"{self._function.name} {why}: {self._api.init_error}\n"
                    f"{self.log.read_text(errors='replace')[-2000:]}"
                )
            if self._api.overdue:
                self._api.fail(f"timed out after {self._function.timeout_s:.0f} s")

    def figures(self) -> Figures:
        seen = self._report()
        ready, started = self._api.first_asked_s, seen.get("started")
        init_s = ready - started if ready and started else 0.0
        return Figures(
            init_ms=init_s * 1000,
            init_cpu_ms=float(seen.get("init_cpu_s", 0)) * 1000,
            memory_mb=float(seen.get("memory_mb", 0)),
            scratch_mb=float(seen.get("tmp_mb", 0)),
        )

    def _report(self) -> dict[str, Any]:
        path = self._folder / "report.json"
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return found


def credentials(who: str) -> dict[str, str]:
    """Credentials of a role or policy, as the gate knows them again: as long as a role's."""
    return {
        "AWS_ACCESS_KEY_ID": f"ASIA{who}",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_SESSION_TOKEN": "IQoJb3JpZ2lu" + "t" * 1088,
    }


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
