"""Finds what reaches what: every wiring between the resources of a template."""

import functools
from collections.abc import Iterator

from diagram_check.template.access import accesses
from diagram_check.template.deliveries import deliveries
from diagram_check.template.networks import networks
from diagram_check.template.references import references
from diagram_check.template.sam_template import Place, Template
from diagram_check.template.wiring import OUTSIDE, Wiring

__all__ = ["OUTSIDE", "Wiring", "unexplained", "wirings"]

# Types that configure another resource and pass no data on.
_CONFIGURING_TYPES = (
    "AWS::Lambda::Permission",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::S3::BucketPolicy",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::EC2::",
    "AWS::CloudWatch::Dashboard",
    "AWS::RolesAnywhere::",
)
# Properties that name a resource without sending it data.
_CONFIGURING_PROPERTIES = {
    "AuthorizerId",
    "CredentialsArn",
    "Layers",
    "LoggingConfig",
    "Policies",
    "Role",
    "RoleArn",
    "VpcConfig",
    "Auth",
}


def configures(type_: str) -> bool:
    """Whether resources of that type configure others and pass no data on."""
    return type_.startswith(_CONFIGURING_TYPES)


@functools.lru_cache(maxsize=8)
def wirings(template: Template) -> tuple[Wiring, ...]:
    """All wirings; those of the same pair and kind are merged."""
    joined: dict[tuple[str, str, str], Wiring] = {}
    for it in (*deliveries(template), *accesses(template), *networks(template)):
        key = (it.source, it.target, it.how)
        joined[key] = joined[key].merged_with(it) if key in joined else it
    return tuple(joined.values())


def unexplained(template: Template) -> Iterator[tuple[Place, str]]:
    """References between resources that no rule of this package turns into a wiring.

    They show what is new in a template, instead of overlooking it silently.
    """
    pairs = {frozenset((it.source, it.target)) for it in wirings(template)}
    through = {
        (place.path.split(".")[0], name)
        for it in wirings(template)
        for place in it.places
        for name in (it.source, it.target)
    }
    for name, it in template.resources.items():
        if configures(it.type):
            continue
        own = (key for key in it.properties if (name, "Properties", key) in template.lines)
        for key in own:
            value = it.properties[key]
            for other in sorted(references(value) & template.resources.keys()):
                explained = frozenset((name, other)) in pairs or (name, other) in through
                chained = any((name, end) in through and (other, end) in through
                              for end in template.resources)  # fmt: skip
                if key not in _CONFIGURING_PROPERTIES and not explained and not chained:
                    yield template.place(name, key), other
