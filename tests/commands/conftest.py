"""A stack under moto that the operators' commands find."""

from functools import partial

import pytest

from commands import wired
from commands.letters.queues import LetterQueue
from helpers.deployed import Stack
from receipts.aws.sqs import SqsDeadLetterReader
from receipts.handlers import reconcile


@pytest.fixture
def outputs(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What CloudFormation would say of the stack; the queues answer without waiting."""
    monkeypatch.setattr(reconcile, "SqsDeadLetterReader", partial(SqsDeadLetterReader, wait_s=0))
    monkeypatch.setattr(wired, "LetterQueue", partial(LetterQueue, wait_s=0))
    return stack.outputs()


@pytest.fixture
def described(stack: Stack, outputs: dict[str, str]) -> Stack:
    """The same, and CloudFormation says it."""
    stack.describe(outputs)
    return stack
