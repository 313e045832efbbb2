"""A template's values and policies, resolved as CloudFormation does; the rest is refused."""

import pytest
import yaml

from diagram_check.template.sam_template import plain
from lab.prove.iam.deployed import Document, Resolver, Stack, UnresolvedError
from lab.prove.iam.evaluate import UnknownPolicyError
from lab.prove.iam.policies import policies_of

STACK = Stack(
    region="us-gov-west-1",
    account="123456789012",
    name="My-Stack",
    id="arn:aws-us-gov:cloudformation:us-gov-west-1:123456789012:stack/My-Stack/0a-1b",
    parameters={"Given": "7"},
    resources={
        "Queue": "https://sqs.example/123456789012/My-Stack-Queue-1",
        "Table": "t-1",
        "Bucket": "b-1",
        "Logs": "/g/1",
        "Function": "f-1",
        "Role": "r-1",
        "Mail": "m-1",
    },
    partition="aws-us-gov",
)
HEAD = """
Parameters:
  Given: {Default: 1}
  Left: {Default: x}
Conditions:
  Seven: !Equals [!Ref Given, 7]
  NotSeven: !Not [!Condition Seven]
  Both: !And [{Condition: Seven}, {Condition: NotSeven}]
  Either: !Or [{Condition: Seven}, {Condition: NotSeven}]
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Table: {Type: AWS::DynamoDB::Table}
  Bucket: {Type: AWS::S3::Bucket}
  Logs: {Type: AWS::Logs::LogGroup}
  Function: {Type: AWS::Lambda::Function}
  Mail: {Type: AWS::SES::Template}
"""


def document(more: str = "") -> Document:
    lines: dict[tuple[str, ...], int] = {}
    tree = yaml.compose(HEAD + more, yaml.CSafeLoader)
    assert tree is not None
    return Document(shown_as="template.yaml", values=plain(tree, (), lines), lines=lines)


def resolved(text: str):
    given = document(f"Value: {text}")
    return Resolver(given, STACK).resolve(given.values["Value"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref Given", "7"),
        ("!Ref Left", "x"),
        ("!Ref Bucket", "b-1"),
        ("!Ref AWS::StackName", "My-Stack"),
        ("!GetAtt Queue.QueueName", "My-Stack-Queue-1"),
        ("!GetAtt Queue.Arn", "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:My-Stack-Queue-1"),
        ("!GetAtt Table.Arn", "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/t-1"),
        ("!GetAtt Bucket.Arn", "arn:aws-us-gov:s3:::b-1"),
        ("!GetAtt Logs.Arn", "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/g/1:*"),
        ('!Sub "${Bucket.Arn}/uploads/*"', "arn:aws-us-gov:s3:::b-1/uploads/*"),
        ('!Sub ["${A}-${AWS::Region}", {A: !Ref Given}]', "7-us-gov-west-1"),
        ('!Select [2, !Split ["/", !Ref AWS::StackId]]', "0a-1b"),
        ('!Join ["-", [a, !Ref Given]]', "a-7"),
        ("!If [Seven, a, b]", "a"),
        ("!If [NotSeven, a, b]", "b"),
        ("!If [Both, a, b]", "b"),
        ("!If [Either, a, b]", "a"),
        ("[a, !Ref AWS::NoValue]", ["a"]),
        ("{a: !Ref AWS::NoValue, b: 1}", {"b": 1}),
    ],
)
def test_an_intrinsic_function_is_resolved(text, value):
    assert resolved(text) == value


@pytest.mark.parametrize(
    "text", ["!Ref Nobody", "!GetAtt Queue.Colour", "!GetAtt Mail.Arn", '!ImportValue "x"']
)
def test_what_can_not_be_resolved_is_refused(text):
    with pytest.raises(UnresolvedError):
        resolved(text)


ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              - Effect: Allow
                {more}
"""


def role(*lines: str) -> Document:
    return document(ROLE.replace("{more}", "\n                ".join(lines)))


def test_a_statement_knows_whose_it_is_and_its_line():
    [statement] = policies_of(role("Action: s3:GetObject", "Resource: '*'"), STACK).own["Role"]
    text = (HEAD + ROLE).splitlines()
    assert statement.owner == "Role"
    assert "Effect: Allow" in text[statement.line - 1]


@pytest.mark.parametrize(
    "lines",
    [
        ("NotAction: s3:*", "Resource: '*'"),
        ("Action: s3:*", "NotResource: x"),
        ("Action: s3:*", "Resource: 'arn:aws:s3:::b/${!aws:username}'"),
        ("Action: s3:*", "Resource: '*'", "Condition: {StringEquals: {aws:PrincipalTag/a: b}}"),
        ("Action: s3:*", "Resource: '*'", "Condition: {IpAddress: {aws:SourceArn: 1.2.3.4}}"),
    ],
)
def test_a_statement_that_is_not_known_is_refused_with_its_line(lines):
    with pytest.raises(UnknownPolicyError, match=r"template\.yaml:\d+: Role"):
        policies_of(role(*lines), STACK)


@pytest.mark.parametrize(
    "resource",
    [
        "{Type: AWS::SNS::TopicPolicy, Properties: {PolicyDocument: {}}}",
        "{Type: AWS::Serverless::Function, Properties: {Policies: [x]}}",
        "{Type: AWS::Serverless::Function, Properties: {Handler: x}}",
        "{Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [arn:aws:iam::aws:policy/X]}}",
    ],
)
def test_a_policy_of_a_kind_that_is_not_known_is_refused(resource):
    with pytest.raises(UnknownPolicyError):
        policies_of(document(f"  Odd: {resource}"), STACK)


def test_a_managed_policy_is_of_the_roles_that_have_it_and_else_has_a_name_of_its_own():
    policy = "{Statement: [{Effect: Allow, Action: s3:GetObject, Resource: '*'}]}"
    text = f"  P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {policy}}}}}\n"
    assert policies_of(document(text), STACK).own.keys() == {"P"}
    of_role = "  Role: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref P]}}"
    found = policies_of(document(text + of_role), STACK).own
    assert {whose: len(some) for whose, some in found.items()} == {"Role": 1}


def test_what_the_conditions_of_a_template_leave_out_has_no_rights():
    text = "  Role: {Type: AWS::IAM::Role, Condition: NotSeven, Properties: {}}"
    assert policies_of(document(text), STACK).own == {}
