"""What kind of evidence a place in a template is: an IAM statement, an event source and so on."""

import re

from diagram_check.template import Place, Template

# The first that matches the resource's type and the property's path, as `AWS::SQS::Queue Redrive…`.
_KINDS = (
    (r"AWS::(SQS::QueuePolicy|SNS::TopicPolicy|S3::BucketPolicy) ", "resource policy"),
    (r"AWS::IAM::", "IAM statement"),
    (r"AWS::Serverless::Connector ", "SAM connector"),
    (r"\S+ Policies\.\d+\.Statement", "IAM statement"),
    (r"\S+ Policies\b", "SAM policy template"),
    (r"\S+ Environment\.Variables", "environment reference"),
    (r"AWS::Lambda::Permission ", "invoke permission"),
    (r"AWS::Lambda::EventSourceMapping DestinationConfig", "failure destination"),
    (r"AWS::Lambda::EventSourceMapping ", "event source"),
    (r"AWS::Serverless::\w+ Events\.", "event source"),
    (r"\S+ (DeadLetterQueue|EventInvokeConfig)", "failure destination"),
    (r"\S+ RedrivePolicy", "redrive policy"),
    (r"\S+ NotificationConfiguration", "bucket notification"),
    (r"AWS::SNS::(Subscription|Topic) ", "subscription"),
    (r"AWS::ApiGateway(V2)?::", "API route"),
    (r"\S+ FunctionUrlConfig", "function URL"),
    (r"AWS::CloudFront::", "origin"),
    (r"AWS::CloudWatch::Alarm ", "alarm"),
    (r"AWS::Events::", "rule"),
    (r"AWS::Scheduler::", "schedule"),
    (r"AWS::Pipes::", "pipe"),
    (r"AWS::EC2::|\S+ VpcConfig", "network"),
)


def kind_of(place: Place, template: Template) -> str:
    """The kind of evidence, in a word or two."""
    name, _, path = place.path.partition(".")
    type_ = template.resources[name].type if name in template else ""
    told = f"{type_} {path}"
    return next((kind for pattern, kind in _KINDS if re.match(pattern, told)), "property")
