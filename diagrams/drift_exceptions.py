"""What is deployed and deliberately on no sheet. A test fails when an entry is no longer needed."""

Types = dict[str, str]
Resources = dict[str, str]
Wirings = dict[tuple[str, str], str]

# By CloudFormation type: never worth drawing.
_LOGS = {"AWS::Logs::LogGroup": "one for each function, only to say how long its logs are kept"}
_ALARMS = {"AWS::CloudWatch::Alarm": "watches; nothing flows through it"}
_ONLY_FORBIDS = "only forbids: access without HTTPS"
TYPES: Types = {
    **_LOGS,
    **_ALARMS,
    "AWS::ApiGatewayV2::Authorizer": "authenticates every route's callers; carries nothing",
    "AWS::S3::BucketPolicy": _ONLY_FORBIDS,
    "AWS::CloudWatch::Dashboard": "shows what the alarms watch; nothing flows through it",
}
_OPERATOR = "what a person types now and then; the sheets show what always runs"
_SENDER = "an option: which users and roles may be the customer"
_IDENTITY = "an option: how the agent shows who it is; no receipt goes that way"
_ENDPOINTS = "the way from a VPC to AWS's own services; every function in a VPC needs it"

# By logical id.
RESOURCES: Resources = {
    "UploadDlqPolicy": _ONLY_FORBIDS,
    "ReceiptQueuePolicy": _ONLY_FORBIDS,
    "ReceiptDlqPolicy": _ONLY_FORBIDS,
    "WriteQueuePolicy": _ONLY_FORBIDS,
    "WriteDlqPolicy": _ONLY_FORBIDS,
    "OperatorPolicy": _OPERATOR,
    "DeadLetterPolicy": _OPERATOR,
    "ErasurePolicy": _OPERATOR,
    "CorrectionPolicy": _OPERATOR,
    "SenderPolicy": _SENDER,
    "AgentTrustAnchor": _IDENTITY,
    "AgentProfile": _IDENTITY,
    "AgentRole": _IDENTITY,
    "TracingPolicy": "an option: traces of runs, and no receipt",
}

ALARMED = (
    ("UploadQueue", "UploadsLateAlarm"),
    ("ReceiptQueue", "ReceiptsLateAlarm"),
    ("WriteQueue", "ResultsLateAlarm"),
    ("UploadDlq", "UploadDlqAlarm"),
    ("ReceiptDlq", "ReceiptDlqAlarm"),
    ("WriteDlq", "WriteDlqAlarm"),
    ("UploadDlq", "MoreDeadLettersAlarm"),
    ("ReceiptDlq", "MoreDeadLettersAlarm"),
    ("WriteDlq", "MoreDeadLettersAlarm"),
    ("WriteQueue", "AgentSilentAlarm"),
    ("BatchesApi", "FrontDoorAlarm"),
    ("AcceptFunction", "FunctionsFailAlarm"),
    ("StatusFunction", "FunctionsFailAlarm"),
    ("SplitFunction", "FunctionsFailAlarm"),
    ("ReadFunction", "FunctionsFailAlarm"),
    ("ReconcileFunction", "ReconcileFailsAlarm"),
)
BY_HAND = (
    ("OperatorPolicy", "aws:cloudwatch"),
    ("OperatorPolicy", "UploadQueue"),
    ("OperatorPolicy", "WriteQueue"),
    ("OperatorPolicy", "Ledger"),
    ("Ledger", "OperatorPolicy"),
    ("ReceiptsBucket", "OperatorPolicy"),
    ("UploadDlq", "OperatorPolicy"),
    ("ReceiptDlq", "OperatorPolicy"),
    ("WriteDlq", "OperatorPolicy"),
    ("DeadLetterPolicy", "ReceiptQueue"),
    ("DeadLetterPolicy", "ReceiptsBucket"),
    ("CorrectionPolicy", "ReceiptsBucket"),
    ("ErasurePolicy", "ReceiptsBucket"),
    ("ErasurePolicy", "Ledger"),
)
_ALARM = "an alarm carries no receipts; the template's page lists them"

# Wirings (from, to) whose ends are never on one sheet, or whose arrow is left out.
WIRINGS: Wirings = {
    ("aws:cloudformation", "OperatorPolicy"): "the operator's command asks where everything is",
    ("ReconcileFunction", "aws:cloudwatch"): "a number for an alarm; no receipt goes that way",
    (
        "ReconcileFunction",
        "UploadQueue",
    ): "an event that S3 lost; the sheet of failure paths begins after it",
    **dict.fromkeys(BY_HAND, _OPERATOR),
    ("SenderPolicy", "BatchesApi"): _SENDER,
    **dict.fromkeys(ALARMED, _ALARM),
}


def of(template: str) -> tuple[Resources, Types, Wirings]:
    """The exceptions for a template, given by its path from the repository's root."""
    if template == "reference/template.yaml":
        return RESOURCES, TYPES, WIRINGS
    if template == "reference/lab/alternatives/lambda_over_vpn.yaml":
        return _OVER_VPN
    late = {
        "reference/lab/alternatives/patterns/sqs.yaml": ("ReceiptQueue",),
        "reference/lab/alternatives/patterns/sns_sqs.yaml": ("ReceiptQueue",),
        "reference/lab/alternatives/patterns/kinesis.yaml": ("ReceiptStream",),
    }
    alarmed = [
        ("ReceiptDlq", "ReceiptDlqAlarm"),
        *((source, "ReceiptsLateAlarm") for source in late.get(template, ())),
    ]
    return {}, _LOGS | _ALARMS, dict.fromkeys(alarmed, _ALARM)


_OVER_VPN: tuple[Resources, Types, Wirings] = (
    {
        "WriteDlq": "the stage's ways are on the sheet of failure paths",
        "Ledger": "the stage's ways are on the sheet of failure paths",
        "EndpointSecurityGroup": _ENDPOINTS,
    },
    {**_LOGS, "AWS::EC2::VPCEndpoint": _ENDPOINTS},
    {
        ("StoreFunction", "WriteDlq"): "as the agent's, on the sheet of failure paths",
        ("StoreFunction", "Ledger"): "as the agent's, on the sheet of failure paths",
        ("StoreFunction", "aws:ec2"): "a function in a VPC makes its own network interfaces",
        ("aws:ec2", "StoreFunction"): "and asks which there are",
    },
)
