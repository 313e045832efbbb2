"""What is done: photos in, rows out; and each failure that a right is for.

Time that must pass for `reconcile` is played: the ledger's times, and S3's, are set back a year.
"""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from msgspec import json
from msgspec.structs import replace

from lab.prove.lambda_run.customer import PHOTOS, Customer, archive_of
from lab.prove.lambda_run.function import credentials
from lab.prove.lambda_run.runtime_api import InvocationError
from lab.prove.lambda_run.system import (
    AGENT,
    CORRECTION,
    DEAD_LETTERS,
    ERASURE,
    OPERATOR,
    System,
)
from lab.prove.lambda_run.triggers import client, wait_for
from lab.run.local.deployment import STACK
from lab.support.paths import REFERENCE
from receipts.aws.sqs import SqsQueue
from receipts.messages import ResultMessage, Source, decode

RATE = 50.0
A_YEAR = dt.timedelta(days=365)
NOT_OURS = '{"not": "ours"}'
_TIMES = ("accepted_at", "since", "sent_again_at")


class Journey:
    """The steps, in their order; `say` is told of each."""

    def __init__(self, system: System, customer: Customer, say: Callable[[str], None]) -> None:
        """Nothing is done before `run`."""
        self._system, self._customer, self._say = system, customer, say
        self._sqs = system.admin("sqs")
        self._outputs = system.local.deployment.outputs
        by_queue = {mapping.url: name for name, mapping in system.mappings.items()}
        self._split = by_queue[self._outputs["UploadQueueUrl"]]
        self._read = by_queue[self._outputs["ReceiptQueueUrl"]]

    def run(self) -> None:
        """All of it. Raises `InvocationError` at the first thing that isn't as it should be."""
        self._main_path()
        self._strangers()
        self._tries_again()
        for name, schedule in self._system.schedules.items():
            self._lose_and_settle(name, schedule)
        self._lose_and_settle("receipts reconcile", partial(self._operator, "reconcile"))
        self._into_the_database()
        self._ship_logs()
        self._by_hand()
        self._check()

    def _main_path(self) -> None:
        customer = self._customer
        self._say(f"a manifest of {PHOTOS + 2} files and an archive of three, both asked for twice")
        customer.send_all()
        with self._system.polling():
            for batch_id in customer.batches:
                wait_for(f"batch {batch_id} is read", partial(self._is_read, batch_id))
            listed = customer.receipts(customer.batches[0])
            again = next(it["name"] for it in listed if it["state"] == "read")
            waiting = self._depth("WriteQueueUrl")
            self._send_event(customer.uploaded[again])
            wait_for(
                "a second message for it sends its result again",
                lambda: self._depth("WriteQueueUrl") > waiting,
            )
        self._say("read; not one row is written yet, for no agent runs")

    def _is_read(self, batch_id: str) -> bool:
        self._check()
        counts = self._customer.report(batch_id).counts
        return counts.waiting == 0 and counts.read + counts.rejected > 0

    def _strangers(self) -> None:
        self._say("a message that is not ours, on each queue")
        for name in ("UploadQueueUrl", "ReceiptQueueUrl"):
            self._sqs.send_message(QueueUrl=self._outputs[name], MessageBody=NOT_OURS)
        # As the queue's redrive policy does with what its agent receives a thousand times.
        self._sqs.send_message(QueueUrl=self._outputs["WriteDlqUrl"], MessageBody=NOT_OURS)
        with self._system.polling():
            for name in ("UploadDlqUrl", "ReceiptDlqUrl"):
                wait_for(f"a dead letter on {name}", partial(self._depth, name))

    def _tries_again(self) -> None:
        self._say("an archive and a photo that S3 doesn't have: each comes again in seconds")
        customer = self._customer
        _, [form] = customer.ask_for("gone.jpg")
        customer.upload(form, customer.photos[0].read_bytes())
        with self._system.polling(self._split):
            wait_for("the photo is on its way", partial(self._depth, "ReceiptQueueUrl"))
        bucket, key = self._outputs["ReceiptsBucketName"], form["fields"]["key"]
        self._system.admin("s3").delete_object(Bucket=bucket, Key=key)
        _, archive = customer.ask_for_archive(b"never uploaded")
        self._send_event(archive["fields"]["key"])
        with self._system.polling():
            for name in (self._split, self._read):
                wait_for(f"{name} gave one back", partial(self._has_failed, name))
        self._empty("UploadQueueUrl", "ReceiptQueueUrl")

    def _has_failed(self, mapping: str) -> bool:
        self._check()
        return self._system.mappings[mapping].failures > 0

    def _lose_and_settle(self, name: str, reconcile: Callable[[], Any]) -> None:
        self._say(f"{name}: a result, an archive's messages, an upload are lost; a year goes by")
        customer = self._customer
        sent, forms = customer.ask_for("read.jpg", "never.jpg")
        customer.upload(forms[0], customer.photos[0].read_bytes())
        with self._system.polling(self._split, self._read):
            wait_for("it is read", lambda: customer.report(sent).counts.read > 0)
        data = archive_of(customer.photos[1], name)
        archived, form = customer.ask_for_archive(data)
        customer.upload(form, data)
        with self._system.polling(self._split):
            wait_for("the archive is split", partial(self._depth, "ReceiptQueueUrl"))
        self._empty("WriteQueueUrl", "ReceiptQueueUrl")
        self._let_a_year_go_by()
        self._system.gate.a_year_later = True
        reconcile()
        self._system.gate.a_year_later = False
        if not self._depth("WriteQueueUrl") or not self._depth("UploadQueueUrl"):
            raise InvocationError(f"{name} put nothing back on the write and the upload queue")
        customer.batches += [sent, archived]
        with self._system.polling():
            wait_for("what was lost is read", partial(self._is_read, archived))
        if customer.report(sent).counts.rejected != 1:
            raise InvocationError(f"{name} didn't reject what was never uploaded")

    def _into_the_database(self) -> None:
        self._say("the agent: first a table that is locked, then rows; then a row that is refused")
        local, agents = self._system.local, self._system.agents
        with local.connect() as admin, agents.agent(RATE, aws_url=self._system.gate_url):
            with admin.transaction():
                admin.execute("LOCK TABLE receipts_inbox.receipt IN ACCESS EXCLUSIVE MODE")
                wait_for("the agent gives back", self._agent_gave_back)
            self._settled(admin)
            before = self._depth("WriteDlqUrl")
            for body in (NOT_OURS, self._a_row_that_is_refused()):
                self._sqs.send_message(QueueUrl=self._outputs["WriteQueueUrl"], MessageBody=body)
            wait_for("both are set aside", lambda: self._depth("WriteDlqUrl") == before + 2)
            rows = self._rows(admin)
            self._say(f"{rows} rows; the operator audits them, and replays what is stored")
            ids = [row[0] for row in admin.execute("SELECT receipt_id FROM receipts_inbox.receipt")]
            self._operator("audit", "--ids", "-", given="\n".join(map(str, ids)))
            for _ in range(2):
                self._operator(
                    "correct",
                    self._first_result().receipt_id,
                    "total=12.50",
                    "--by",
                    "A",
                    who=CORRECTION,
                )
            self._operator("replay", "--stored-since", "2020-01-01")
            wait_for("the replayed are taken", lambda: self._depth("WriteQueueUrl") == 0)
            if self._rows(admin) != rows:
                raise InvocationError("a replay made rows of receipts that had theirs")
            [(corrections,)] = admin.execute("SELECT count(*) FROM receipts_inbox.correction")
            if corrections != 1:
                raise InvocationError(f"one correction, sent three times, is {corrections} rows")

    def _agent_gave_back(self) -> bool:
        asked = self._system.judge.counts.copy()
        return any(it.who == AGENT and "ChangeMessage" in it.action for it in asked)

    def _settled(self, admin: psycopg.Connection) -> None:
        customer = self._customer
        for batch_id in customer.batches:
            wait_for(f"{batch_id} is settled", partial(self._is_settled, batch_id))
        stored = sum(customer.report(it).counts.stored for it in customer.batches)
        if self._rows(admin) != stored or stored < PHOTOS:
            raise InvocationError(f"{stored} are stored, and {self._rows(admin)} rows there")

    def _is_settled(self, batch_id: str) -> bool:
        self._check()
        return self._customer.report(batch_id).settled

    def _first_result(self) -> ResultMessage:
        s3, bucket = self._system.admin("s3"), self._outputs["ReceiptsBucketName"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"results/{self._customer.batches[0]}/")
        body = s3.get_object(Bucket=bucket, Key=listed["Contents"][0]["Key"])["Body"].read()
        return decode(body, ResultMessage)

    def _a_row_that_is_refused(self) -> str:
        result = self._first_result()
        too_much = replace(result.receipt, total="1" + "0" * 20)
        other = replace(result, index=99_999, receipt_id=f"{result.batch_id}-99999")
        return json.encode(replace(other, receipt=too_much)).decode()

    def _ship_logs(self) -> None:
        """Play what Lambda does with what a function writes: with the function's own role."""
        for function in self._system.functions.values():
            logs = client("logs", function.role, self._system.gate_url, self._system.stack.region)
            where = {"logGroupName": function.log_group, "logStreamName": "2026/01/31/[$LATEST]0"}
            now_ms = int(dt.datetime.now(dt.UTC).timestamp() * 1000)
            logs.create_log_stream(**where)
            logs.put_log_events(
                **where, logEvents=[{"timestamp": now_ms, "message": function.log()[:1000] or "-"}]
            )

    def _by_hand(self) -> None:
        self._say(
            "a receipt is traced, dead letters go back or are given up, a customer is forgotten"
        )
        self._let_a_year_go_by()  # what isn't settled by now is on no queue any more
        first = self._customer.batches[0]
        self._operator("trace", f"{first}-00001", "--logs")
        for queue in ("upload", "receipt", "write"):
            letter = json.encode({"batch_id": first, "index": 1, "receipt_id": f"{first}-00001"})
            for _ in range(2):
                self._sqs.send_message(
                    QueueUrl=self._outputs[f"{queue.title()}DlqUrl"], MessageBody=letter.decode()
                )
            chosen = ("--queue", queue, "--yes", "--batch", first)
            self._operator("dlq", "redrive", *chosen, who=DEAD_LETTERS)
            self._sqs.send_message(
                QueueUrl=self._outputs[f"{queue.title()}DlqUrl"], MessageBody=NOT_OURS
            )
            unknown = ("--queue", queue, "--yes", "--because", "not ours")
            self._operator("dlq", "discard", *unknown, who=DEAD_LETTERS)
            self._sqs.send_message(
                QueueUrl=self._outputs[f"{queue.title()}DlqUrl"], MessageBody=letter.decode()
            )
        whose = ("customer-1", "--owner", "laptop")
        self._operator("forget", *whose, "--yes", who=ERASURE)

    def _operator(
        self, command: str, *arguments: str, given: str = "", who: str = OPERATOR
    ) -> None:
        done = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-m", "commands", command, *arguments, "--stack", STACK],
            env={
                "PATH": os.defpath,
                "PYTHONPATH": str(REFERENCE),
                "AWS_DEFAULT_REGION": self._system.stack.region,
                "AWS_ENDPOINT_URL": self._system.gate_url,
                **credentials(who),
            },
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise InvocationError(f"receipts {command}: {done.stdout}\n{done.stderr}")

    def _send_event(self, key: str) -> None:
        source = Source(bucket=self._outputs["ReceiptsBucketName"], key=key)
        SqsQueue(self._outputs["UploadQueueUrl"], self._sqs).send_uploads([source])

    def _empty(self, *outputs: str) -> None:
        for output in outputs:
            self._sqs.purge_queue(QueueUrl=self._outputs[output])

    def _let_a_year_go_by(self) -> None:
        dynamodb, table = self._system.admin("dynamodb"), self._outputs["LedgerTable"]
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                then = {
                    name: {"S": (dt.datetime.fromisoformat(item[name]["S"]) - A_YEAR).isoformat()}
                    for name in _TIMES
                    if name in item
                }
                if then:
                    dynamodb.put_item(TableName=table, Item=item | then)

    def _depth(self, output: str) -> int:
        self._check()
        return self._system.local.depth(output)

    def _rows(self, admin: psycopg.Connection) -> int:
        return sum(1 for _ in admin.execute("SELECT 1 FROM receipts_inbox.receipt"))

    def _check(self) -> None:
        """Stop at once where a call was denied, or isn't known: all that follows would be noise."""
        system = self._system
        wrong = [*map(str, system.judge.denied.values()), *system.gate.unknown, *system.errors()]
        if wrong:
            raise InvocationError("\n".join(wrong))
