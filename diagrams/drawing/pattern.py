"""What all patterns of the catalogue have in common: the read stage behind each service."""

from diagrams import Node
from drawing.sheet import Data, Signal, step


def same_read_stage(read: Node, *, bucket: Node, ledger: Node, write: Node) -> None:
    """The step in which it reads; what brings the message is the pattern's own."""
    step("The same read stage as in every pattern: image in, fields out, state noted.")
    bucket >> Data("image,\nresult", both=True) >> read
    read >> Signal("state", both=True) >> ledger
    read >> Data("result") >> write
