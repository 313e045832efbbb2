"""The policies of a deployed template, resolved: of roles, of managed policies, of resources."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from lab.prove.iam.deployed import Document, Resolver, Stack
from lab.prove.iam.evaluate import Statement, UnknownPolicyError, check_condition

_READ = {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}


class Policies(Struct, kw_only=True):
    """Every statement.

    Attributes:
        own: of each role and of each managed policy that the template attaches to nobody: whoever
            is given it has its name here.
        of_resource: of each resource that has a policy, by its ARN.
        keys: the ARN of the customer's KMS key of each queue and bucket that has one, by its ARN.
    """

    own: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    of_resource: dict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[str, str] = field(default_factory=dict)

    def protecting(self, arn: str) -> list[Statement]:
        """The policy of the resource, for an object in a bucket the bucket's."""
        return self.of_resource.get(arn) or self.of_resource.get(arn.partition("/")[0], [])


def policies_of(document: Document, stack: Stack) -> Policies:
    """Read and resolve all policies.

    Raises `UnknownPolicyError` for what is not known here, and `UnresolvedError`.
    """
    return _Reader(document, stack).read()


class _Reader:
    def __init__(self, document: Document, stack: Stack) -> None:
        self._document, self._stack = document, stack
        self._resolver = Resolver(document, stack)
        self._found = Policies()

    def read(self) -> Policies:
        attached: dict[str, list[str]] = defaultdict(list)
        resources = self._document.values["Resources"]
        there = {name: it for name, it in resources.items() if self._resolver.exists(name)}
        for name, it in there.items():
            for arn in it.get("Properties", {}).get("ManagedPolicyArns", []):
                attached[arn["Ref"] if isinstance(arn, dict) else arn].append(name)
        for name, it in there.items():
            self._read(name, it["Type"], it.get("Properties", {}), attached)
        strangers = attached.keys() - there.keys()
        if strangers:
            raise UnknownPolicyError(f"policies of others aren't known here: {sorted(strangers)}")
        return self._found

    def _read(
        self, name: str, type_: str, properties: dict[str, Any], attached: dict[str, list[str]]
    ) -> None:
        match type_:
            case "AWS::IAM::Role":
                self._role(name, properties)
            case "AWS::IAM::ManagedPolicy" | "AWS::IAM::Policy":
                statements = [*self._statements(name, properties["PolicyDocument"])]
                roles = [it["Ref"] for it in properties.get("Roles", [])]
                for whose in [*roles, *attached.get(name, [])] or [name]:
                    self._found.own[whose] += statements
            case "AWS::SQS::QueuePolicy":
                for queue in properties["Queues"]:
                    self._protect("AWS::SQS::Queue", queue, name, properties["PolicyDocument"])
            case "AWS::S3::BucketPolicy":
                bucket, policy = properties["Bucket"], properties["PolicyDocument"]
                self._protect("AWS::S3::Bucket", bucket, name, policy)
            case "AWS::Lambda::Permission":
                self._permission(name, properties)
            case "AWS::SQS::Queue" | "AWS::S3::Bucket":
                for key in _keys(properties):
                    self._encrypt(name, type_, key)
            case _:
                self._refuse(name, type_, properties)

    def _role(self, name: str, properties: dict[str, Any]) -> None:
        found = self._found.own[name]  # also of a role that may do nothing
        for at, policy in enumerate(properties.get("Policies", [])):
            path = ("Policies", at, "PolicyDocument")
            found += self._statements(name, policy["PolicyDocument"], *path)

    def _refuse(self, name: str, type_: str, properties: dict[str, Any]) -> None:
        """Raise `UnknownPolicyError` for what may have rights that nobody read."""
        if "PolicyDocument" in properties or "Policies" in properties:
            raise UnknownPolicyError(self._at(name, f"the policy of a {type_}"))
        made_up = "Role" not in properties or "Events" in properties
        if type_ == "AWS::Serverless::Function" and made_up:
            raise UnknownPolicyError(self._at(name, "a role or policy that SAM makes up"))

    def _protect(self, type_: str, resource: Any, owner: str, policy: dict[str, Any]) -> None:  # noqa: ANN401  YAML
        arn = self._stack.arn(type_, str(self._resolver.resolve(resource)))
        self._found.of_resource[arn] += self._statements(owner, policy)

    def _permission(self, name: str, properties: dict[str, Any]) -> None:
        given = self._resolver.resolve(properties)
        function = self._stack.arn("AWS::Serverless::Function", given["FunctionName"])
        conditions = [
            (operator, key, (str(given[item]),))
            for item, operator, key in (
                ("SourceArn", "ArnLike", "aws:SourceArn"),
                ("SourceAccount", "StringEquals", "aws:SourceAccount"),
            )
            if item in given
        ]
        statement = Statement(
            owner=name,
            line=self._document.line("Resources", name),
            allows=True,
            actions=(given["Action"],),
            resources=(function,),
            conditions=tuple(conditions),
            principals=(given["Principal"],),
        )
        self._found.of_resource[function].append(statement)

    def _encrypt(self, name: str, type_: str, key: Any) -> None:  # noqa: ANN401  YAML
        resolver, stack = self._resolver, self._stack
        key_id = str(resolver.resolve(key))
        if not key_id.startswith("alias/aws/"):  # AWS's own lets in whoever the service lets in
            prefix = f"arn:{stack.partition}:kms:{stack.region}:{stack.account}:key/"
            arn = stack.arn(type_, stack.resources[name])
            self._found.keys[arn] = key_id if key_id.startswith("arn:") else prefix + key_id

    def _statements(
        self, owner: str, document: dict[str, Any], *path: str | int
    ) -> Iterator[Statement]:
        path = path or ("PolicyDocument",)
        for at, written in enumerate(_listed(document["Statement"])):
            where = ("Resources", owner, "Properties", *path, "Statement", at)
            if unknown := written.keys() - _READ:
                raise UnknownPolicyError(self._at(owner, f"{sorted(unknown)}", *where))
            given = self._resolver.resolve(written)
            conditions = tuple(
                (operator, key, tuple(str(it) for it in _listed(values)))
                for operator, keys in given.get("Condition", {}).items()
                for key, values in keys.items()
            )
            try:
                for operator, key, values in conditions:
                    check_condition(operator, key, values)
            except UnknownPolicyError as error:
                raise UnknownPolicyError(self._at(owner, str(error), *where)) from error
            resources = tuple(map(str, _listed(given["Resource"])))
            if any("${" in it for it in resources):
                raise UnknownPolicyError(self._at(owner, "a policy variable", *where))
            yield Statement(
                owner=owner,
                line=self._document.line(*where),
                allows=given["Effect"] == "Allow",
                actions=tuple(map(str, _listed(given["Action"]))),
                resources=resources,
                conditions=conditions,
                principals=_principals(given["Principal"]) if "Principal" in given else None,
            )

    def _at(self, name: str, what: str, *path: str | int) -> str:
        line = self._document.line(*(path or ("Resources", name)))
        return f"{self._document.shown_as}:{line}: {name}: {what} isn't known here"


def _keys(properties: dict[str, Any]) -> Iterator[Any]:
    """The KMS key of a queue or a bucket, if it names one."""
    if "KmsMasterKeyId" in properties:
        yield properties["KmsMasterKeyId"]
    encryption = properties.get("BucketEncryption", {})
    for rule in encryption.get("ServerSideEncryptionConfiguration", []):
        if key := rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID"):
            yield key


def _principals(given: str | dict[str, Any]) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    return tuple(str(it) for values in given.values() for it in _listed(values))


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  YAML
    return value if isinstance(value, list) else [value]
