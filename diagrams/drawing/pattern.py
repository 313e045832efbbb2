"""The part that all sheets of the pattern catalogue share: the read stage behind each service."""

from diagrams import Node
from drawing.sheet import Data, Signal, step


def draw_read_stage(read: Node, *, bucket: Node, ledger: Node, write: Node) -> None:
    """Draw the step that reads; how the message arrives differs by pattern."""
    step("The same read stage as in every pattern: image in, fields out, state noted.")
    bucket >> Data("image,\nresult", both=True) >> read
    read >> Signal("state", both=True) >> ledger
    read >> Data("result") >> write
