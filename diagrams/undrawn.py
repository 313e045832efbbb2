"""What is deployed and on no sheet, on purpose. A test fails when an entry is no longer needed."""

# By CloudFormation type: not worth a picture, wherever it occurs.
TYPES = {
    "AWS::Logs::LogGroup": "one for each function, only to say how long its logs are kept",
    "AWS::ApiGatewayV2::Authorizer": "stands before every route; says who asks, carries nothing",
    "AWS::S3::BucketPolicy": "forbids what nobody draws: the bucket in the clear",
    "AWS::CloudWatch::Alarm": "watches a queue from beside; nothing flows through it",
}

# By logical id.
RESOURCES: dict[str, str] = {}

ALARMED = (
    ("UploadQueue", "UploadsLateAlarm"),
    ("ReceiptQueue", "ReceiptsLateAlarm"),
    ("WriteQueue", "ResultsLateAlarm"),
    ("UploadDlq", "UploadDlqAlarm"),
    ("ReceiptDlq", "ReceiptDlqAlarm"),
    ("WriteDlq", "WriteDlqAlarm"),
)

# Wirings, from and to, whose two ends are never on a sheet together or whose arrow is left out.
WIRINGS = {
    ("aws:cloudformation", "OperatorPolicy"): "the operator's command asks where everything is",
    ("OperatorPolicy", "aws:cloudwatch"): "a number for an alarm; no receipt goes that way",
    **dict.fromkeys(ALARMED, "an alarm carries no receipts; the how-to on operating lists them"),
}
