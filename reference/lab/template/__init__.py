"""Reads a SAM template and answers questions of it: what exists, what reaches what, and why.

The diagrams, the tests and the site ask here instead of typing names and numbers a second time.

    template = read_template(pathlib.Path("reference/template.yaml"))
    template.max_receives("ReceiptQueue")             # 5
    [w for w in wirings(template) if w.target == "WriteQueue"]
"""

from lab.template.find_wirings import OUTSIDE, Wiring, unexplained, wirings
from lab.template.resource import Resource
from lab.template.sam_template import Place, Template, TopologyError, read_template

__all__ = [
    "OUTSIDE",
    "Place",
    "Resource",
    "Template",
    "TopologyError",
    "Wiring",
    "read_template",
    "unexplained",
    "wirings",
]
