"""What is deployed and on no sheet, on purpose. A test fails when an entry is no longer needed."""

# By CloudFormation type: not worth a picture, wherever it occurs.
TYPES = {
    "AWS::Logs::LogGroup": "one for each function, only to say how long its logs are kept",
}

# By logical id.
RESOURCES: dict[str, str] = {}

# Wirings, from and to, whose two ends are never on a sheet together or whose arrow is left out.
WIRINGS = {
    ("aws:cloudformation", "OperatorPolicy"): "the operator's command asks where everything is",
}
