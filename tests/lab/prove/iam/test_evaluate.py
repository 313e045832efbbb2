"""IAM's rules as its user guide states them, and the emulator's evaluator as a second opinion."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ministack.core import iam_evaluator as other

from lab.prove.iam.evaluate import (
    Request,
    Statement,
    UnknownPolicyError,
    action_matches,
    arn_matches,
    check_condition,
    evaluate,
    holds,
)

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:queue"


def statement(
    *actions: str,
    resources: tuple[str, ...] = (QUEUE,),
    allows: bool = True,
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = (),
    principals: tuple[str, ...] | None = None,
) -> Statement:
    return Statement(
        owner="Role",
        line=1,
        allows=allows,
        actions=actions,
        resources=resources,
        conditions=conditions,
        principals=principals,
    )


def asked(
    action: str = "sqs:SendMessage", resource: str = QUEUE, **context: str | tuple[str, ...]
) -> Request:
    return Request(who="Role", action=action, resource=resource, context=tuple(context.items()))


SEND = statement("sqs:SendMessage")
DENY_ALL = statement("sqs:*", allows=False)


@pytest.mark.parametrize(
    ("own", "of_resource", "allowed"),
    [
        ([], [], False),
        ([SEND], [], True),
        ([SEND, DENY_ALL], [], False),
        ([DENY_ALL, SEND], [], False),
        ([], [statement("sqs:SendMessage", principals=("*",))], True),
        ([], [statement("sqs:SendMessage", principals=("s3.amazonaws.com",))], False),
        ([SEND], [statement("sqs:*", allows=False, principals=("*",))], False),
        ([SEND], [statement("sqs:*", allows=False, principals=("s3.amazonaws.com",))], True),
    ],
    ids=[
        "nothing allows, so it is denied",
        "an allow of the role",
        "a deny wins over an allow",
        "whichever comes first",
        "an allow of the resource's policy is enough within an account",
        "but not one for somebody else",
        "a deny of the resource's policy wins, too",
        "but not one for somebody else's call",
    ],
)
def test_denies_and_allows(own, of_resource, allowed):
    assert evaluate(asked(), own, of_resource).allowed == allowed


def test_the_statement_that_decides_is_named():
    assert evaluate(asked(), [SEND, DENY_ALL]).by == DENY_ALL
    assert evaluate(asked(), [SEND]).by == SEND


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("sqs:SendMessage", "sqs:SendMessage", True),
        ("SQS:sendmessage", "sqs:SendMessage", True),
        ("sqs:*", "sqs:SendMessage", True),
        ("sqs:Send*", "sqs:SendMessage", True),
        ("sqs:Send", "sqs:SendMessage", False),
        ("sqs:SendMessag?", "sqs:SendMessage", True),
        ("*", "sqs:SendMessage", True),
        ("sqs:*", "sqsx:SendMessage", False),
        ("s3:GetObjec.", "s3:GetObject", False),
    ],
)
def test_actions_are_matched_without_regard_to_case(pattern, action, matches):
    assert action_matches(pattern, action) == matches


@pytest.mark.parametrize(
    ("pattern", "arn", "matches"),
    [
        ("*", QUEUE, True),
        (QUEUE, QUEUE, True),
        (QUEUE, QUEUE.upper(), False),
        ("arn:aws:s3:::b/uploads/*", "arn:aws:s3:::b/uploads/1/2.jpg", True),
        ("arn:aws:s3:::b/uploads/*", "arn:aws:s3:::b/results/1.json", False),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b/uploads/1", True),
        ("arn:aws:s3:::b?", "arn:aws:s3:::b", False),
        # A star at a segment's end goes on beyond the colon, one within it doesn't.
        ("arn:aws:logs:r:1:log-group:g:*", "arn:aws:logs:r:1:log-group:g:log-stream:s", True),
        ("arn:aws:logs:r:1:log-group:g", "arn:aws:logs:r:1:log-group:g:log-stream:s", False),
        ("arn:aws:sqs:*:1:q", "arn:aws:sqs:eu-west-1:1:q", True),
        ("arn:aws:sqs:e*t:1:q", "arn:aws:sqs:eu:w:t:1:q", False),
        # Asked for by name, a stack is judged as "NAME/*": that star is no wildcard.
        ("arn:aws:cloudformation:r:1:stack/n/uuid", "arn:aws:cloudformation:r:1:stack/n/*", False),
        ("arn:aws:cloudformation:r:1:stack/n/*", "arn:aws:cloudformation:r:1:stack/n/*", True),
    ],
)
def test_arns_are_matched_letter_by_letter(pattern, arn, matches):
    assert arn_matches(pattern, arn) == matches


ATTRIBUTES = "dynamodb:Attributes"


@pytest.mark.parametrize(
    ("operator", "given", "context", "met"),
    [
        ("StringEquals", ("a", "b"), {"s3:prefix": "b"}, True),
        ("StringEquals", ("a",), {"s3:prefix": "A"}, False),
        ("StringEqualsIgnoreCase", ("a",), {"s3:prefix": "A"}, True),
        ("StringEquals", ("a*",), {"s3:prefix": "ab"}, False),
        ("StringLike", ("a*",), {"s3:prefix": "ab"}, True),
        ("StringEquals", ("a",), {}, False),
        ("StringEqualsIfExists", ("a",), {}, True),
        ("StringEqualsIfExists", ("a",), {"s3:prefix": "b"}, False),
        ("StringNotEquals", ("a", "b"), {"s3:prefix": "b"}, False),
        ("StringNotEquals", ("a", "b"), {"s3:prefix": "c"}, True),
        ("StringNotEquals", ("a",), {}, True),
        ("Null", ("true",), {}, True),
        ("Null", ("false",), {}, False),
        ("Null", ("false",), {"s3:prefix": "x"}, True),
    ],
)
def test_conditions_on_one_value(operator, given, context, met):
    assert holds(operator, "s3:prefix", given, tuple(context.items())) == met


@pytest.mark.parametrize(
    ("operator", "values", "met"),
    [
        ("ForAllValues:StringEquals", ("state", "since"), True),
        ("ForAllValues:StringEquals", ("state", "owner"), False),
        ("ForAllValues:StringEquals", None, True),
        ("ForAnyValue:StringEquals", ("state", "owner"), True),
        ("ForAnyValue:StringEquals", ("owner",), False),
        ("ForAnyValue:StringEquals", None, False),
    ],
)
def test_conditions_on_several_values(operator, values, met):
    context = () if values is None else ((ATTRIBUTES, values),)
    assert holds(operator, ATTRIBUTES, ("state", "since"), context) == met


def test_keys_are_the_same_in_any_case():
    assert holds("Bool", "AWS:securetransport", ("False",), (("aws:SecureTransport", "false"),))


def test_an_arn_is_compared_segment_by_segment():
    source = (("aws:SourceArn", "arn:aws:s3:::bucket"),)
    assert holds("ArnLike", "aws:SourceArn", ("arn:aws:s3:*:*:buck*",), source)
    assert not holds("ArnLike", "aws:SourceArn", ("arn:aws:s3:*:bucket",), source)


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringSoundsLike", "s3:prefix", ["a"]),
        ("StringEquals", "aws:PrincipalOrgID", ["o-1"]),
        ("StringEquals", "s3:prefix", ["${aws:username}/"]),
        ("StringEquals", ATTRIBUTES, ["owner"]),
    ],
)
def test_a_condition_that_is_not_known_is_refused(operator, key, values):
    with pytest.raises(UnknownPolicyError, match=r"known here|several values"):
        check_condition(operator, key, values)


ACTIONS = st.sampled_from(
    ["sqs:SendMessage", "sqs:Send*", "SQS:*", "*", "s3:*", "sqs:ReceiveMessag?"]
)
RESOURCES = st.sampled_from([QUEUE, "*", f"{QUEUE}?", "arn:aws:sqs:*", f"{QUEUE[:-1]}*"])
VALUES = st.lists(st.sampled_from(["a", "A", "b", "a*"]), min_size=1, max_size=2, unique=True)


def conditions_on(key: str, *quantifiers: str) -> st.SearchStrategy[Any]:
    operators = [
        f"{quantifier}{base}{end}"
        for quantifier in quantifiers
        for base in ("StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase")
        for end in ("", "IfExists")
    ]
    return st.tuples(st.sampled_from(operators), st.just(key), VALUES.map(tuple))


CONDITIONS = st.lists(
    conditions_on(ATTRIBUTES, "ForAllValues:", "ForAnyValue:") | conditions_on("s3:prefix", ""),
    max_size=2,
    unique_by=lambda it: it[0],
).map(tuple)
STATEMENTS = st.builds(
    lambda actions, resources, allows, conditions: statement(
        *actions, resources=tuple(resources), allows=allows, conditions=conditions
    ),
    st.lists(ACTIONS, min_size=1, max_size=2),
    st.lists(RESOURCES, min_size=1, max_size=2),
    st.booleans(),
    CONDITIONS,
)


@pytest.mark.slow
@given(
    statements=st.lists(STATEMENTS, max_size=4),
    action=st.sampled_from(["sqs:SendMessage", "sqs:ReceiveMessage", "s3:GetObject"]),
    resource=st.sampled_from([QUEUE, f"{QUEUE}2", "arn:aws:sqs:eu-central-1:1:other"]),
    values=st.none() | VALUES.map(tuple),
    prefix=st.none() | st.sampled_from(["a", "A", "ab"]),
)
@example(
    statements=[SEND, DENY_ALL],
    action="sqs:SendMessage",
    resource=QUEUE,
    values=None,
    prefix=None,
)
def test_the_emulators_evaluator_is_of_the_same_mind(statements, action, resource, values, prefix):
    given = {ATTRIBUTES: values, "s3:prefix": prefix}
    context = {key: it for key, it in given.items() if it is not None}
    ours = evaluate(asked(action, resource, **context), statements)
    policy = {
        "Statement": [
            {
                "Effect": "Allow" if one.allows else "Deny",
                "Action": [*one.actions],
                "Resource": [*one.resources],
                "Condition": {name: {key: [*values]} for name, key, values in one.conditions},
            }
            for one in statements
        ]
    }
    theirs = other.evaluate(
        other.EvalContext(
            principal_arn="arn:aws:sts::1:assumed-role/Role/s",
            principal_type="AssumedRole",
            principal_account="1",
            action=action,
            resource_arn=resource,
            region="eu-central-1",
            service_context={
                key.lower(): it if isinstance(it, str) else [*it] for key, it in context.items()
            },
        ),
        [other.parse_policy_document(policy)],
    )
    assert ours.allowed == (theirs.decision == "Allow")
