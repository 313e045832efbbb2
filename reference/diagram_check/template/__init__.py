"""Reads SAM templates and analyses them: what exists, what reaches what, and the evidence.

Diagrams, tests and site take names and numbers from here instead of repeating them.

    template = read_template(pathlib.Path("reference/template.yaml"))
    template.max_receives("ReceiptQueue")             # 5
    [w for w in wirings(template) if w.target == "WriteQueue"]
"""

from diagram_check.template.errors import TopologyError
from diagram_check.template.find_wirings import OUTSIDE, Wiring, unexplained, wirings
from diagram_check.template.resource import Resource
from diagram_check.template.sam_template import Place, Template, read_template

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
