"""Judges every call of a run, remembers them, and says which rights nobody used."""

import threading
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from lab.prove.iam.evaluate import (
    Request,
    Statement,
    Verdict,
    action_matches,
    arn_matches,
    evaluate,
    matches,
)
from lab.prove.iam.policies import Policies

EXCUSES = Path(__file__).with_name("unused.toml")

_NEEDS_KEY = {
    "sqs:SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
    "sqs:ReceiveMessage": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey",),
    "s3:GetObject": ("kms:Decrypt",),
}
"""What else is needed where a queue or bucket is encrypted with a key of the account's own."""


class Denied(Struct, frozen=True, kw_only=True):
    """A call that AWS would have refused, and the line that denies it, or else a near miss."""

    request: Request
    by: Statement | None
    nearest: Statement | None

    def __str__(self) -> str:
        """For a person: who, what, on what, and where in the template to look."""
        asked = f"{self.request.who}: {self.request.action} on {self.request.resource}"
        if self.by:
            return f"{asked}: denied by {self.by.owner}, line {self.by.line}"
        if self.nearest:
            near = f"{self.nearest.owner}, line {self.nearest.line}"
            return f"{asked} {_brought(self.request)}: allowed by no statement; nearest is {near}"
        return f"{asked}: allowed by no statement, and none speaks of {self.request.action}"


class Unused(Struct, frozen=True, kw_only=True, order=True):
    """A right that no call used; `owner` has it at this `line` of the template."""

    owner: str
    action: str
    resource: str
    line: int

    def __str__(self) -> str:
        """For a person."""
        return f"{self.owner}, line {self.line}: {self.action} on {self.resource}"


class Judge:
    """Judges by the policies; may be called by several threads."""

    def __init__(self, policies: Policies) -> None:
        """All verdicts are by these."""
        self._policies = policies
        self._lock = threading.Lock()
        self.counts: dict[Request, int] = {}
        self.denied: dict[Request, Denied] = {}

    def __call__(self, request: Request) -> Verdict:
        """The verdict; where a KMS key is needed too, the first that is denied."""
        verdicts = [self._judge(it) for it in (request, *self._of_key(request))]
        return next((it for it in verdicts if not it.allowed), verdicts[0])

    def may(self, request: Request) -> bool:
        """Whether it would be allowed; this is no call, and isn't counted."""
        return self._evaluate(request).allowed

    def _judge(self, request: Request) -> Verdict:
        verdict = self._evaluate(request)
        with self._lock:
            self.counts[request] = self.counts.get(request, 0) + 1
            if not verdict.allowed:
                nearest = self._nearest(request)
                self.denied[request] = Denied(request=request, by=verdict.by, nearest=nearest)
        return verdict

    def _evaluate(self, request: Request) -> Verdict:
        own = self._own(request.who)
        return evaluate(request, own, self._policies.protecting(request.resource))

    def _own(self, who: str) -> list[Statement]:
        return [one for name in names(who) for one in self._policies.own.get(name, [])]

    def _of_key(self, request: Request) -> Iterator[Request]:
        arn = request.resource
        key = self._policies.keys.get(arn) or self._policies.keys.get(arn.partition("/")[0])
        for action in _NEEDS_KEY.get(request.action, ()) if key else ():
            yield Request(
                who=request.who, action=action, resource=str(key), context=request.context
            )

    def _nearest(self, request: Request) -> Statement | None:
        """The statement of this role that allows the action, on another resource or else so."""
        about = [
            one
            for one in self._own(request.who)
            if one.allows and any(action_matches(it, request.action) for it in one.actions)
        ]
        on_it = [it for it in about if any(arn_matches(r, request.resource) for r in it.resources)]
        return next(iter(on_it or about), None)


def judged(policies: Policies, requests: Iterable[Request]) -> Judge:
    """A judge who has seen these requests."""
    judge = Judge(policies)
    for request in requests:
        judge(request)
    return judge


def unused_rights(policies: Policies, requests: Iterable[Request]) -> list[Unused]:
    """Each action on each resource that a policy allows and no request used.

    Of `dynamodb:Attributes` it is each attribute, too.
    """
    seen = [*requests]
    return sorted(
        right
        for owner, some in (*policies.own.items(), *policies.of_resource.items())
        for statement in some
        if statement.allows
        for right in _unused(statement, [it for it in seen if _is_about(owner, it, statement)])
    )


def names(who: str) -> frozenset[str]:
    """Whose rights a caller has: a person's may be of several policies, with a + between."""
    return frozenset(who.split("+"))


def _is_about(owner: str, request: Request, statement: Statement) -> bool:
    who = statement.principals or (owner,)
    return not names(request.who).isdisjoint(who) and matches(statement, request)


def _unused(statement: Statement, used_by: list[Request]) -> Iterator[Unused]:
    def right(action: str, resource: str) -> Unused:
        return Unused(owner=statement.owner, action=action, resource=resource, line=statement.line)

    for action in statement.actions:
        for resource in statement.resources:
            if not any(
                action_matches(action, it.action) and arn_matches(resource, it.resource)
                for it in used_by
            ):
                yield right(action, resource)
    named = {name for it in used_by for name in dict(it.context).get("dynamodb:Attributes", ())}
    for _, key, values in statement.conditions:
        if key.lower() == "dynamodb:attributes":
            for value in values:
                if value not in named:
                    yield right(", ".join(statement.actions), f"the attribute {value}")


def excused(policies: Policies, unused: Iterable[Unused]) -> tuple[list[Unused], list[str]]:
    """What no excuse covers, and the excuses that cover nothing any more.

    Excuses of an owner whom this deployment doesn't have are passed over.
    """
    statements = (one for some in policies.own.values() for one in some)
    owners = {one.owner for one in statements}
    excuses = {owner: it for owner, it in read_excuses().items() if owner in owners}
    left, idle = [], {f"{owner}: {action}" for owner, it in excuses.items() for action in it}
    for right in unused:
        reasons: Mapping[str, str] = excuses.get(right.owner, {})
        if right.action in reasons:
            idle.discard(f"{right.owner}: {right.action}")
        else:
            left.append(right)
    return left, sorted(idle)


def read_excuses() -> dict[str, dict[str, str]]:
    """The reasons in `unused.toml`, by owner and action."""
    return tomllib.loads(EXCUSES.read_text())


def _brought(request: Request) -> str:
    context = {key: it for key, it in request.context if key != "aws:SecureTransport"}
    return f"with {context}" if context else ""
