"""Which service an icon shows, to be held to the type that is deployed."""

# By the service in a type's name: words of the classes in `diagrams.aws` that show it.
_WORDS = {
    "ApiGateway": ("apigateway",),
    "ApiGatewayV2": ("apigateway",),
    "DynamoDB": ("dynamodb",),
    "Events": ("eventbridge",),
    "Kinesis": ("kinesis",),
    "Lambda": ("lambda",),
    "S3": ("s3",),
    "SNS": ("sns",),
    "SQS": ("sqs",),
    "StepFunctions": ("stepfunctions",),
}
_SERVERLESS = {
    "Api": "ApiGateway",
    "Function": "Lambda",
    "HttpApi": "ApiGatewayV2",
    "SimpleTable": "DynamoDB",
    "StateMachine": "StepFunctions",
}


def clash(icon: str, type_: str) -> bool:
    """Whether the icon shows one service, and the type is clearly another's.

    Icons and types that this table doesn't have are never said to clash.
    """
    shows = {it for it, words in _WORDS.items() if any(word in icon.lower() for word in words)}
    _, service, resource = (*type_.split("::"), "", "")[:3]
    its = _SERVERLESS.get(resource, "") if service == "Serverless" else service
    return bool(shows) and its in _WORDS and its not in shows
