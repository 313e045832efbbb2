"""TITLE: what this picture is for, in a sentence."""

from diagrams.aws.compute import Lambda
from diagrams.aws.general import Users
from diagrams.aws.integration import SQS
from diagrams.aws.storage import S3

from drawing.sheet import Data, Failure, Request, Sheet, Zone, step

# Where each node stands: a line for each row, a dot for an empty place. A node is called by its
# label, in small letters with dashes. Nothing moves unless you move it here.
PLAN = """
    users  upload  inbox         work  store
    .      .       dead-letters  .     .
"""

with Sheet(
    "NAME",  # as the file is called, with dashes
    "TITLE",
    "One sentence under the heading: what it is, and for whom.",
    plan=PLAN,
    # A design that is deployed nowhere says so here. Take the line away, and the sheet is held to
    # reference/template.yaml: each node names its resource, as SQS("…", resource="WriteQueue").
    stamp="our proposal",
) as sheet:
    # Nodes: any class of the diagrams package. detail= is small print, warning= the same in red,
    # many=True draws several. \n breaks a line; a line has at most three words.
    users = Users("Users")
    with Zone("AWS", "cloud"):  # kinds: cloud, stage, vpc, premises
        upload = Lambda("Upload")
        inbox = SQS("Inbox", detail="kept for days")
        work = Lambda("Work", many=True)
        store = S3("Store")
        dead = SQS("Dead letters", warning="somebody must\nlook here")

    # Steps are numbered, and told beside the picture; the arrows under one belong to it. An arrow
    # points the way the data goes: Request (the caller waits), Data, Failure or Signal.
    step("A user uploads something, and waits for the answer.")
    users >> Request("upload") >> upload

    step("What is to be done waits in a queue; workers take it when they can.")
    upload >> Data("task") >> inbox
    inbox >> Data() >> work
    work >> Data("result") >> store

    step("What fails again and again is set aside.")
    inbox >> Failure("too many\ntries") >> dead
