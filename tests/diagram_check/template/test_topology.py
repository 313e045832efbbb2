"""The topology reads any template that this project may write, not only today's."""

import pathlib
import textwrap

import pytest

from diagram_check.template import (
    OUTSIDE,
    Template,
    TopologyError,
    Wiring,
    read_template,
    unexplained,
    wirings,
)


@pytest.fixture(name="read")
def reader(tmp_path: pathlib.Path):
    def read(resources: str) -> Template:
        path = tmp_path / "template.yaml"
        path.write_text("Resources:\n" + textwrap.dedent(resources).replace("\n", "\n  "))
        return read_template(path, "template.yaml")

    return read


def pairs(template: Template) -> dict[tuple[str, str], str]:
    return {(it.source, it.target): it.how for it in wirings(template) if not it.missing}


def lacks(template: Template) -> list[str]:
    return [it.missing for it in wirings(template) if it.missing]


def test_a_place_is_told_with_its_line(template: Template) -> None:
    place = template.place("ReceiptQueue", "RedrivePolicy")
    lines = pathlib.Path(template.shown_as).read_text().splitlines()
    assert place.path == "ReceiptQueue.RedrivePolicy"
    assert "RedrivePolicy:" in lines[place.line - 1]


SCHEDULE = """
    Hourly:
      Type: AWS::Scheduler::Schedule
      Properties:
        ScheduleExpression: rate(1 hour)
        Target: {Arn: !GetAtt Function.Arn, RoleArn: !GetAtt HourlyRole.Arn}
    HourlyRole:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument: {Statement: [{Principal: {Service: scheduler.amazonaws.com}}]}
        Policies:
          - PolicyDocument:
              Statement:
                - {Effect: Allow, Action: "lambda:InvokeFunction", Resource: !GetAtt Function.Arn}
    Function:
      Type: AWS::Serverless::Function
      Properties:
        Environment: {Variables: {DLQ: !Ref Dlq}}
        Policies:
          - Statement: [{Effect: Allow, Action: "sqs:ReceiveMessage", Resource: !GetAtt Dlq.Arn}]
    Queue:
      Type: AWS::SQS::Queue
      Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dlq.Arn, maxReceiveCount: 5}}
    Dlq: {Type: AWS::SQS::Queue}
"""


def test_a_schedule_invokes_its_target_with_a_role_that_may(read) -> None:
    template = read(SCHEDULE)
    assert pairs(template)["Hourly", "Function"] in {"event", "write"}
    assert lacks(template) == []
    assert list(unexplained(template)) == []
    assert template.schedule("Hourly") == "every hour"
    powerless = read(SCHEDULE.replace("lambda:InvokeFunction", "lambda:GetFunction"))
    assert any("no role of Hourly may invoke Function" in it for it in lacks(powerless))


def test_code_that_is_told_of_a_dead_letter_queue_asks_it_by_itself(read) -> None:
    assert pairs(read(SCHEDULE))["Dlq", "Function"] == "read"


@pytest.mark.parametrize(
    ("rate", "told"), [("rate(2 hours)", "every 2 hours"), ("rate(1 day)", "every day")]
)
def test_how_often_a_schedule_comes_is_told_in_words(read, rate: str, told: str) -> None:
    assert read(SCHEDULE.replace("rate(1 hour)", rate)).schedule("Hourly") == told


def test_a_schedule_that_is_no_rate_is_not_told_as_one(read) -> None:
    with pytest.raises(TopologyError, match="Hourly has no rate"):
        read(SCHEDULE.replace("rate(1 hour)", "cron(0 * * * ? *)")).schedule("Hourly")


def test_a_policy_of_a_role_that_is_taken_on_elsewhere_has_its_arrows_itself(
    template: Template,
) -> None:
    assert ("WriteQueue", "AgentPolicy") in pairs(template)


def test_a_number_that_is_a_parameter_is_read_as_its_default(template: Template) -> None:
    assert template.max_concurrency("ReadFunction") == 200


def test_a_property_that_is_not_written_is_placed_at_what_is_around_it(template: Template) -> None:
    assert template.place("ReceiptQueue", "Gone").line > template.resource("ReceiptQueue").line - 1


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (lambda t: t.resource("Gone"), "has no resource 'Gone'"),
        (lambda t: t.max_receives("WriteDlq"), "WriteDlq has no RedrivePolicy.maxReceiveCount"),
        (
            lambda t: t.max_concurrency("AcceptFunction"),
            "no event source mapping invokes AcceptFunction",
        ),
        (lambda t: t.route("AcceptRoute", to="ReadFunction"), "not ReadFunction"),
    ],
)
def test_a_question_without_an_answer_says_what_is_missing(
    template: Template, question, message: str
) -> None:
    with pytest.raises(TopologyError, match=message):
        question(template)


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: [", "template.yaml: while parsing"), ("Outputs: {}", "no Resources"), ("", "no Res")],
)
def test_a_file_that_is_no_template_is_refused(
    tmp_path: pathlib.Path, text: str, message: str
) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(text)
    with pytest.raises(TopologyError, match=message):
        read_template(path, "template.yaml")


def test_what_customers_call_comes_from_outside(template: Template) -> None:
    (wiring,) = [it for it in wirings(template) if it.source == OUTSIDE]
    assert wiring.target == "BatchesApi"
    assert {it.path.split(".")[0] for it in wiring.places} >= {"AcceptRoute", "BatchesStage"}


def test_a_policy_that_is_handed_out_is_told_as_who_holds_it(template: Template) -> None:
    assert pairs(template)["WriteQueue", "AgentPolicy"] == "read"


def test_lambda_receives_through_its_mapping_and_not_by_the_right_alone(read) -> None:
    template = read("""
        Queue: {Type: AWS::SQS::Queue}
        Function:
          Type: AWS::Serverless::Function
          Properties:
              Policies: [SQSPollerPolicy: {QueueName: !GetAtt Queue.QueueName}]
    """)
    assert pairs(template) == {}


def test_sams_events_and_policy_templates_are_understood(read) -> None:
    template = read("""
        Queue: {Type: AWS::SQS::Queue}
        Table: {Type: AWS::Serverless::SimpleTable}
        Api: {Type: AWS::Serverless::HttpApi}
        Function:
          Type: AWS::Serverless::Function
          Properties:
              Environment: {Variables: {TABLE: !Ref Table}}
              Policies: [DynamoDBReadPolicy: {TableName: !Ref Table}]
              Events:
                Queued: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
                Asked: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /, Method: GET}}
    """)
    assert pairs(template) == {
        ("Queue", "Function"): "event",
        (OUTSIDE, "Api"): "request",
        ("Api", "Function"): "request",
        ("Table", "Function"): "read",
    }


def test_topics_buses_streams_pipes_and_alarms_are_understood(read) -> None:
    template = read("""
        Topic: {Type: AWS::SNS::Topic}
        Queue:
          Type: AWS::SQS::Queue
        Subscription:
          Type: AWS::SNS::Subscription
          Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn}
        Bus: {Type: AWS::Events::EventBus}
        Rule:
          Type: AWS::Events::Rule
          Properties: {EventBusName: !Ref Bus, Targets: [{Arn: !GetAtt Queue.Arn, Id: q}]}
        May:
          Type: AWS::SQS::QueuePolicy
          Properties:
            Queues: [!Ref Queue]
            PolicyDocument:
              Statement:
                - {Effect: Allow, Principal: {Service: [sns.amazonaws.com, events.amazonaws.com]},
                   Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn}
        Other: {Type: AWS::SQS::Queue}
        Pipe:
          Type: AWS::Pipes::Pipe
          Properties: {Source: !GetAtt Queue.Arn, Target: !GetAtt Other.Arn}
        Alarm:
          Type: AWS::CloudWatch::Alarm
          Properties:
            Dimensions: [{Name: QueueName, Value: !GetAtt Queue.QueueName}]
            AlarmActions: [!Ref Topic]
    """)
    assert lacks(template) == []
    assert pairs(template) == {
        ("Topic", "Queue"): "event",
        ("Bus", "Queue"): "event",
        ("Queue", "Other"): "event",
        ("Queue", "Alarm"): "signal",
        ("Alarm", "Topic"): "signal",
    }
    assert list(unexplained(template)) == []


def test_what_is_allowed_is_told_apart_from_what_is_wired(read) -> None:
    template = read("""
        Queue: {Type: AWS::SQS::Queue}
        Table: {Type: AWS::DynamoDB::Table}
        Function:
          Type: AWS::Serverless::Function
          Properties:
              Environment: {Variables: {QUEUE: !Ref Queue}}
              Policies:
                - Statement:
                    - {Effect: Allow, Action: "dynamodb:PutItem", Resource: !GetAtt Table.Arn}
                    - {Effect: Deny, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn}
    """)
    assert sorted(lacks(template)) == [
        "Function is told where Queue is, and no policy lets it in",
        "no setting and no event tells Function where Table is",
    ]


def test_a_role_that_does_not_trust_lambda_gives_a_function_nothing(read) -> None:
    template = read("""
        Table: {Type: AWS::DynamoDB::Table}
        Role:
          Type: AWS::IAM::Role
          Properties:
            AssumeRolePolicyDocument:
              Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com},
                            Action: "sts:AssumeRole"}]
            Policies:
              - PolicyDocument:
                  Statement: [{Effect: Allow, Action: "dynamodb:*", Resource: !GetAtt Table.Arn}]
        Function:
          Type: AWS::Serverless::Function
          Properties:
              Role: !GetAtt Role.Arn
              Environment: {Variables: {TABLE: !Ref Table}}
    """)
    assert lacks(template) == ["Function is told where Table is, and no policy lets it in"]


def test_an_unknown_reference_is_not_overlooked(read) -> None:
    template = read("""
        Queue: {Type: AWS::SQS::Queue}
        New: {Type: "AWS::New::Thing", Properties: {Feeds: !Ref Queue}}
    """)
    ((place, other),) = unexplained(template)
    assert (place.path, other) == ("New.Feeds", "Queue")


def test_an_arn_that_spells_a_name_out_is_the_same_as_a_reference(template: Template) -> None:
    by_name: list[Wiring] = [
        it for it in wirings(template) if (it.source, it.how) == ("AcceptFunction", "write")
    ]
    assert {it.target for it in by_name} == {"Ledger", "ReceiptsBucket"}


def test_a_parameter_that_names_what_another_stack_owns_means_it(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(
        textwrap.dedent("""
            Metadata:
              ExternalResources:
                Results: {Type: AWS::SQS::Queue, NamedBy: [ResultsArn, ResultsUrl]}
                Table: {Type: AWS::DynamoDB::Table, NamedBy: [TableName]}
            Resources:
              Function:
                Type: AWS::Serverless::Function
                Properties:
                  Environment: {Variables: {RESULTS: !Ref ResultsUrl, TABLE: !Ref TableName}}
                  Policies:
                    - Statement:
                        - {Effect: Allow, Action: "sqs:SendMessage", Resource: !Ref ResultsArn}
                        - {Effect: Allow, Action: "dynamodb:GetItem",
                           Resource: !Sub "arn:aws:dynamodb:::table/${TableName}"}
        """)
    )
    template = read_template(path, "template.yaml")
    assert lacks(template) == []
    assert pairs(template) == {("Function", "Results"): "write", ("Table", "Function"): "read"}
    assert template.resource("Results").line == 4


def test_what_a_topic_or_a_rule_cannot_deliver_needs_leave_to_go_to_its_queue(read) -> None:
    template = read("""
        Topic: {Type: AWS::SNS::Topic}
        Bus: {Type: AWS::Events::EventBus}
        Archive: {Type: AWS::Events::Archive, Properties: {SourceArn: !GetAtt Bus.Arn}}
        Queue: {Type: AWS::SQS::Queue}
        Dlq: {Type: AWS::SQS::Queue}
        Subscription:
          Type: AWS::SNS::Subscription
          Properties:
              TopicArn: !Ref Topic
              Endpoint: !GetAtt Queue.Arn
              RedrivePolicy: {deadLetterTargetArn: !GetAtt Dlq.Arn}
        Rule:
          Type: AWS::Events::Rule
          Properties:
              EventBusName: !Ref Bus
              Targets: [{Arn: !GetAtt Queue.Arn, DeadLetterConfig: {Arn: !GetAtt Dlq.Arn}}]
        May:
          Type: AWS::SQS::QueuePolicy
          Properties:
              Queues: [!Ref Queue]
              PolicyDocument:
                  Statement:
                    - Effect: Allow
                      Principal: {Service: [sns.amazonaws.com, events.amazonaws.com]}
                      Action: "sqs:SendMessage"
                      Resource: !GetAtt Queue.Arn
    """)
    assert pairs(template) == {
        ("Topic", "Queue"): "event",
        ("Bus", "Queue"): "event",
        ("Bus", "Archive"): "event",
    }
    assert [it.split(" lets ")[1] for it in lacks(template)] == [
        "events.amazonaws.com send to Dlq for Rule",
        "sns.amazonaws.com send to Dlq for Topic",
    ]


OVER_VPN = """
    Gateway: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
    Client: {Type: AWS::EC2::CustomerGateway, Properties: {IpAddress: 192.0.2.1}}
    Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpnGatewayId: !Ref Gateway}}
    Vpn:
      Type: AWS::EC2::VPNConnection
      Properties: {CustomerGatewayId: !Ref Client, VpnGatewayId: !Ref Gateway}
    There:
      Type: AWS::EC2::VPNConnectionRoute
      Properties: {DestinationCidrBlock: 10.0.0.0/16, VpnConnectionId: !Ref Vpn}
    Route:
      Type: AWS::EC2::Route
      Properties: {DestinationCidrBlock: 10.0.0.0/16, GatewayId: !Ref Gateway}
    Group:
      Type: AWS::EC2::SecurityGroup
      Properties: {SecurityGroupEgress: [{CidrIp: 10.0.0.0/16}]}
    Function:
      Type: AWS::Serverless::Function
      Properties: {VpcConfig: {SecurityGroupIds: [!Ref Group]}}
"""


def test_a_function_in_a_vpc_reaches_what_its_vpn_leads_to(read) -> None:
    assert pairs(read(OVER_VPN)) == {("Function", "Vpn"): "write"}


@pytest.mark.parametrize(
    ("old", "new", "lack"),
    [
        ("Attached: {Type: AWS::EC2::VPCGatewayAttachment", "Attached: {Type: X", "into the VPC"),
        ("{DestinationCidrBlock: 10.0.0.0/16, Vpn", "{DestinationCidrBlock: 10.1.0.0/16, Vpn",
         "leads to that network"),
        ("CidrIp: 10.0.0.0/16", "CidrIp: 10.1.0.0/16", "lets it out"),
        ("CustomerGatewayId: !Ref Client", "CustomerGatewayId: cgw-1", "at its other end"),
    ],
)  # fmt: skip
def test_a_way_with_a_gap_in_it_says_which(read, old: str, new: str, lack: str) -> None:
    assert old in OVER_VPN
    assert lack in "".join(lacks(read(OVER_VPN.replace(old, new))))


def test_a_vpn_without_a_gateway_leads_nowhere(read) -> None:
    gone = OVER_VPN.replace("Gateway: {Type: AWS::EC2::VPNGateway,", "Other: {Type: X,")
    assert "at its own end" in "".join(lacks(read(gone)))
