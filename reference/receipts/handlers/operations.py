"""Behind the operators' commands: finds a stack's resources."""

import contextlib
from collections.abc import Iterator

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from receipts.aws.patience import COMMAND
from receipts.errors import ReconcileError, SettingsError
from receipts.handlers.reconcile import Settings, Stack, wired
from receipts.settings import from_mapping


@contextlib.contextmanager
def found_stack(name: str) -> Iterator[Stack]:
    """The stack of this name. Region, endpoint and credentials are the SDK's own settings.

    Raises `SettingsError` where there is no such stack, or one that is not of this template, and
    `ReconcileError` where AWS refuses what is done within.
    """
    try:
        stacks = boto3.client("cloudformation", config=COMMAND)
        found = stacks.describe_stacks(StackName=name)["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        raise SettingsError(f"the stack {name!r} can't be looked up: {error}") from error
    given = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
    # The name as the alarm knows it, also where an ARN was given.
    given["StackName"] = found["StackName"]
    where = f"among the outputs of the stack {name!r}"
    try:
        yield wired(from_mapping(Settings, given, where, _output))
    except (ClientError, BotoCoreError) as error:
        raise ReconcileError(f"{error}. What is printed above is done; run it again") from error


def _output(setting: str) -> str:
    """The output of the template with a setting: `write_queue_url` is `WriteQueueUrl`."""
    return setting.title().replace("_", "") + ("Name" if setting == "receipts_bucket" else "")
