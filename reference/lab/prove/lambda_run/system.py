"""Everything of a run, started and stopped: emulator, stack, gate, sandboxes, database."""

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from diagram_check.template.references import references
from diagram_check.template.sam_template import read_template
from lab.prove.iam.deployed import Document, Resolver, Stack, read_document
from lab.prove.iam.evaluate import Request
from lab.prove.iam.judge import Judge
from lab.prove.iam.policies import Policies, policies_of
from lab.prove.lambda_run import gate as gate_room
from lab.prove.lambda_run.deployment import deploy
from lab.prove.lambda_run.function import Function, Settings, credentials
from lab.prove.lambda_run.gate import Gate
from lab.prove.lambda_run.runtime_api import InvocationError, serving
from lab.prove.lambda_run.triggers import QueueMapping, api_calls, client, may_invoke
from lab.run.local.emulator import Emulator, running_emulator
from lab.run.local.issuer import running_issuer
from lab.run.local.system import LocalSystem
from lab.run.postgres import running_postgres
from lab.ship.pythons import Python
from lab.support.paths import TEMPLATE

_NO_INPUT = '{"version": "0", "source": "aws.scheduler", "detail-type": "Scheduled Event"}'
AGENT, OPERATOR = "AgentPolicy", "OperatorPolicy"
"""What the template gives whoever runs the agent, and the operators' commands."""
DEAD_LETTERS, ERASURE = f"{OPERATOR}+DeadLetterPolicy", f"{OPERATOR}+ErasurePolicy"
CORRECTION = f"{OPERATOR}+CorrectionPolicy"
"""Who decides about dead letters, forgets a customer or corrects has the operator's policy, too."""
READERS = 2
"""Processes of a function behind a queue that takes one message at a time."""


class Parts(Struct, frozen=True, kw_only=True):
    """What is fixed before anything runs."""

    python: Python
    client: Path
    package: Path
    bubblewrap: str | None


class _ForTheAgent(Emulator, frozen=True, kw_only=True):
    """The emulator, for whoever has the agent's rights."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **credentials(AGENT)}


def _for_the_agent(emulator: Emulator) -> Emulator:
    return _ForTheAgent(url=emulator.url, log=emulator.log, process=emulator.process)


class System(Struct, frozen=True, kw_only=True):
    """What runs.

    `agents` is the local system as the agent has it, with credentials of its own. `schedules`
    invoke their function, judged, by the schedule's logical id.
    """

    local: LocalSystem
    agents: LocalSystem
    stack: Stack
    document: Document
    policies: Policies
    judge: Judge
    gate: Gate
    gate_url: str
    functions: dict[str, Function]
    mappings: dict[str, QueueMapping]
    schedules: dict[str, Callable[[], Any]]

    def admin(self, service: str) -> Any:  # noqa: ANN401  boto3's own
        """A client of the lab's own: it asks the emulator, and nobody judges it."""
        return self.local.deployment.emulator.client(service)

    @contextlib.contextmanager
    def polling(self, *names: str) -> Iterator[None]:
        """Let these mappings deliver, by default all."""
        with contextlib.ExitStack() as stack:
            for name in names or self.mappings:
                mapping = self.mappings[name]
                stack.enter_context(mapping.polling(len(mapping.function.figures())))
            yield

    def errors(self) -> list[str]:
        """What failed that shouldn't."""
        return [it for mapping in self.mappings.values() for it in mapping.errors]


@contextlib.contextmanager
def running_system(parts: Parts, say: Callable[[str], None]) -> Iterator[System]:
    """Start everything but the agent; stop and remove it on the way out, whatever happens."""
    document, template = read_document(TEMPLATE), read_template(TEMPLATE)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="receipts-lambda-")))
        database = stack.enter_context(running_postgres(max_connections=20))
        emulator = stack.enter_context(running_emulator())
        issuer = stack.enter_context(running_issuer())
        by_arn: dict[str, Function] = {}
        judges: list[Judge] = []
        port = stack.enter_context(
            api_calls(by_arn, lambda: judges[0], lambda: its.account)  # once it is deployed
        )
        deployed = deploy(emulator, issuer, port)
        its, resolver = deployed.stack, Resolver(document, deployed.stack)
        policies = policies_of(document, its)
        judge = Judge(policies)
        judges.append(judge)
        say(f"{len(its.resources)} resources deployed to the emulator")

        def uploaded(bucket: str, key: str) -> None:
            _tell_queues(resolver, document, its, judge, bucket, key)

        gate = Gate(emulator.url, judge, its.account, uploaded)
        handler = gate_room.handler_of(gate)
        served = stack.enter_context(serving(handler, 0))
        socket = folder / "aws.sock"
        stack.enter_context(serving(handler, socket))
        settings = Settings(
            python=parts.python,
            client=parts.client,
            package=parts.package,
            folder=folder,
            stack=its,
            gate=socket,
            gate_port=int(served.server_port),
            bubblewrap=parts.bubblewrap,
        )
        functions: dict[str, Function] = {}
        for one in template.of_type("AWS::Serverless::Function"):
            [role] = references(one.properties["Role"])
            functions[one.name] = Function(one, role, resolver, settings)
            by_arn[its.resources[one.name]] = functions[one.name]
        gate_url = f"http://127.0.0.1:{served.server_port}"
        mappings = _mappings(document, resolver, its, functions, gate_url)
        for function in functions.values():
            if breaches := function.sandbox(folder).breaches():
                raise InvocationError(f"the sandbox of {function.name} is none: it {breaches}")
            single = any(it.function is function and it.size == 1 for it in mappings.values())
            stack.enter_context(function.running(READERS if single else 1))
        yield System(
            local=LocalSystem(deployment=deployed.local, database=database, folder=folder),
            agents=LocalSystem(
                deployment=replace(deployed.local, emulator=_for_the_agent(emulator)),
                database=database,
                folder=folder,
            ),
            stack=its,
            document=document,
            policies=policies,
            judge=judge,
            gate=gate,
            gate_url=gate_url,
            functions=functions,
            mappings=mappings,
            schedules=_schedules(document, resolver, functions, judge),
        )


def _mappings(
    document: Document,
    resolver: Resolver,
    stack: Stack,
    functions: Mapping[str, Function],
    gate_url: str,
) -> dict[str, QueueMapping]:
    found = {}
    for name, it in document.values["Resources"].items():
        if it["Type"] == "AWS::Lambda::EventSourceMapping" and resolver.exists(name):
            given = it["Properties"]
            [queue] = references(given["EventSourceArn"])
            [function] = references(given["FunctionName"]) & functions.keys()
            if document.values["Resources"][queue]["Type"] != "AWS::SQS::Queue":
                raise InvocationError(f"{name}: a mapping of {queue} isn't known here")
            found[name] = QueueMapping(
                name,
                resolver.resolve(given),
                stack.resources[queue],
                resolver.resolve(given["EventSourceArn"]),
                functions[function],
                client("sqs", functions[function].role, gate_url, stack.region),
            )
    return found


def _schedules(
    document: Document, resolver: Resolver, functions: Mapping[str, Function], judge: Judge
) -> dict[str, Callable[[], Any]]:
    found = {}
    for name, it in document.values["Resources"].items():
        if it["Type"] == "AWS::Scheduler::Schedule" and resolver.exists(name):
            target = it["Properties"]["Target"]
            [function] = references(target["Arn"]) & functions.keys()
            [role] = references(target["RoleArn"])
            event = resolver.resolve(target.get("Input", _NO_INPUT))
            found[name] = _scheduled(functions[function], role, event, judge)
    return found


def _scheduled(function: Function, role: str, event: str, judge: Judge) -> Callable[[], Any]:
    def run() -> Any:  # noqa: ANN401  JSON
        may_invoke(judge, role, function, {})
        return function.invoke(json.loads(event))

    return run


def _tell_queues(
    resolver: Resolver, document: Document, stack: Stack, judge: Judge, bucket: str, key: str
) -> None:
    """Judge what S3 does next, in its own name, where the emulator tells a queue of an upload."""
    for name, it in document.values["Resources"].items():
        if it["Type"] != "AWS::S3::Bucket" or stack.resources.get(name) != bucket:
            continue
        told = it["Properties"].get("NotificationConfiguration", {})
        for one in told.get("QueueConfigurations", []):
            rules = one.get("Filter", {}).get("S3Key", {}).get("Rules", [])
            if all(key.startswith(rule["Value"]) for rule in rules if rule["Name"] == "prefix"):
                context = {
                    "aws:SecureTransport": "true",
                    "aws:SourceAccount": stack.account,
                    "aws:SourceArn": resolver.resolve({"Fn::GetAtt": [name, "Arn"]}),
                }
                judge(
                    Request(
                        who="s3.amazonaws.com",
                        action="sqs:SendMessage",
                        resource=resolver.resolve(one["Queue"]),
                        context=tuple(sorted(context.items())),
                    )
                )


def untriggered(system: System) -> list[str]:
    """Functions that nothing of the template starts, as far as this knows."""
    resources = system.document.values["Resources"]
    starters = ("AWS::ApiGatewayV2::Integration", "AWS::Scheduler::Schedule")
    started = {
        name
        for it in resources.values()
        if it["Type"] in (*starters, "AWS::Lambda::EventSourceMapping")
        for name in references(it.get("Properties"))
    }
    return sorted(system.functions.keys() - started)
