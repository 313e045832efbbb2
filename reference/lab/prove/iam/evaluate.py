"""Decides on a request as IAM documents it: an explicit deny, else an allow, else denied.

Within one account, without boundaries, session or organisation policies: our templates have none.
"""

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct

from lab.support.errors import LabError

Context: TypeAlias = tuple[tuple[str, str | tuple[str, ...]], ...]
"""What a request brings for conditions: keys with a value, or with a tuple of several."""

KEYS = {
    key.lower(): key
    for key in (
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "cloudwatch:namespace",
        "dynamodb:Attributes",
        "dynamodb:LeadingKeys",
        "s3:prefix",
    )
}
"""Condition keys of which every request that has them brings them: see `requests`."""

_OF_SEVERAL = {"dynamodb:attributes", "dynamodb:leadingkeys"}


class UnknownPolicyError(LabError):
    """A policy says something that this evaluator doesn't know; the text says where and what."""


class Statement(Struct, frozen=True, kw_only=True):
    """One statement of a policy of `owner`, a logical id, at a line of the template.

    `principals` are those of a resource's policy, "*" or a service's name; None in a role's.
    """

    owner: str
    line: int
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    principals: tuple[str, ...] | None = None


class Request(Struct, frozen=True, kw_only=True):
    """`who` asks for `action` on `resource`, an ARN or "*"; `who` is a role or a service."""

    who: str
    action: str
    resource: str
    context: Context = ()


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether it is allowed, and the statement that says so; none says so where nothing allows."""

    allowed: bool
    by: Statement | None = None


def evaluate(
    request: Request, own: Iterable[Statement], resources: Iterable[Statement] = ()
) -> Verdict:
    """Judge by the statements of the role, and by those of the resource's policy."""
    of_resource = (one for one in resources if _names(one, request.who))
    matching = [one for one in (*own, *of_resource) if matches(one, request)]
    denying = next((one for one in matching if not one.allows), None)
    if denying:
        return Verdict(allowed=False, by=denying)
    allowing = next(iter(matching), None)
    return Verdict(allowed=allowing is not None, by=allowing)


def matches(statement: Statement, request: Request) -> bool:
    """Whether the statement, its principal apart, is about this request."""
    return (
        any(action_matches(it, request.action) for it in statement.actions)
        and any(arn_matches(it, request.resource) for it in statement.resources)
        and all(holds(*condition, request.context) for condition in statement.conditions)
    )


def action_matches(pattern: str, action: str) -> bool:
    """Whether an action is meant; case doesn't count."""
    return bool(_compiled(pattern.lower(), ".").fullmatch(action.lower()))


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN is meant; case counts.

    A wildcard stays within its segment, but a `*` at a segment's end goes on beyond the colon.
    """
    return bool(_compiled(pattern, "[^:]").fullmatch(arn))


@functools.cache
def _compiled(pattern: str, one: str) -> re.Pattern[str]:
    text = ""
    for at, char in enumerate(pattern):
        if char == "*":
            ends = pattern[at + 1 : at + 2] in ("", ":")
            text += ".*" if ends else f"{one}*"
        else:
            text += one if char == "?" else re.escape(char)
    return re.compile(text, re.DOTALL)


def _names(statement: Statement, who: str) -> bool:
    return bool({"*", who} & set(statement.principals or ()))


def _like(given: str, value: str) -> bool:
    return bool(_compiled(given, ".").fullmatch(value))


def _arn_like(given: str, value: str) -> bool:
    pattern, arn = given.split(":", 5), value.split(":", 5)
    return len(pattern) == len(arn) and all(map(_like, pattern, arn))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda given, value: given.lower() == value.lower(),
    "StringEquals": lambda given, value: given == value,
    "StringEqualsIgnoreCase": lambda given, value: given.lower() == value.lower(),
    "StringLike": _like,
}
_NEGATED = {
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
}


def check_condition(operator: str, key: str, values: Sequence[str]) -> None:
    """Raise `UnknownPolicyError` for an operator or key that `holds` doesn't know."""
    quantifier, base, _ = _parts(operator)
    if key.lower() in _OF_SEVERAL and not quantifier and base != "Null":
        raise UnknownPolicyError(f"{key} has several values, so {operator} needs ForAllValues")
    if base not in _OPERATORS and base not in _NEGATED and base != "Null":
        raise UnknownPolicyError(f"the condition operator {operator} isn't known here")
    if key.lower() not in KEYS:
        raise UnknownPolicyError(f"the condition key {key} isn't known here")
    if any("${" in value for value in values):
        raise UnknownPolicyError(f"policy variables aren't known here: {key} {list(values)}")


def holds(operator: str, key: str, given: Sequence[str], context: Context) -> bool:
    """Whether a condition holds: `given` are the policy's values, of which one must be met."""
    quantifier, base, if_exists = _parts(operator)
    value = {name.lower(): it for name, it in context}.get(key.lower())
    if base == "Null":
        return (value is None) == (given[0].lower() == "true")
    negated = base in _NEGATED
    values = () if value is None else (value,) if isinstance(value, str) else value
    if not values:  # of none, all are as they should be, and any is not
        return quantifier == "ForAllValues" or if_exists or (negated and not quantifier)
    met = _OPERATORS[_NEGATED.get(base, base)]
    each = (any(met(it, one) for it in given) != negated for one in values)
    every = quantifier == "ForAllValues" or (negated and not quantifier)
    return all(each) if every else any(each)


def _parts(operator: str) -> tuple[str, str, bool]:
    """The operator's quantifier or "", its base, and whether it ends in IfExists."""
    quantifier, _, rest = operator.rpartition(":")
    return quantifier, rest.removesuffix("IfExists"), rest.endswith("IfExists")
