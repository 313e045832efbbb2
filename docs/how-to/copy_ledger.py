# ruff: noqa: INP001  a page's script, in no package
"""Puts items of a restored ledger back into the stack's own; what is there stays as it is.

    python3 copy_ledger.py RESTORED_TABLE LEDGER_TABLE [BATCH_ID ...]

With batch ids, those batches alone. Typed again, it adds nothing twice. Credentials, region and
endpoint are those of the AWS SDK.
"""

import sys

import boto3
from botocore.exceptions import ClientError


def copy(restored: str, ledger: str, batch_ids: list[str]) -> tuple[int, int]:
    """Answer how many items were put back, and how many were there."""
    dynamodb = boto3.client("dynamodb")
    put_back = there = 0
    for page in dynamodb.get_paginator("scan").paginate(TableName=restored):
        for item in page["Items"]:
            if batch_ids and item["batch_id"]["S"] not in batch_ids:
                continue
            try:
                dynamodb.put_item(
                    TableName=ledger,
                    Item=item,
                    ConditionExpression="attribute_not_exists(batch_id)",
                )
                put_back += 1
            except ClientError as error:
                if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                    raise
                there += 1
    return put_back, there


if __name__ == "__main__":
    done, left = copy(sys.argv[1], sys.argv[2], sys.argv[3:])
    sys.stdout.write(f"{done:,} put back, {left:,} were there and stay as they are\n")
