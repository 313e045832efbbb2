"""What a sheet's parts and arrows stand for, as JSON: a page's script and its panels begin with it.

By the SVG's ids; what the template says of each is added when the site is built.
"""

import json

from drawing.layout import Drawing, accessible_text
from drawing.model import DrawnNode


def parts_json(drawing: Drawing) -> str:
    """The parts, the arrows with their evidence, and the template that both are held to."""
    sheet = drawing.sheet
    arrows = {
        name: {
            "title": accessible_text(sheet, arrow).removeprefix(f"Step {arrow.number}. "),
            "step": arrow.number,
            "kind": sheet.key[arrow.kind],
            "ends": [f"{sheet.name}-node-{it}" for it in (arrow.source, arrow.target)],
            "evidence": evidence,
        }
        for arrow, name, evidence in zip(
            sheet.arrows, drawing.arrow_ids, drawing.evidence, strict=True
        )
    }
    parts = {f"{sheet.name}-node-{name}": _part(node) for name, node in sheet.nodes.items()}
    whole = {"template": sheet.template_path, "parts": parts, "arrows": arrows}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _part(node: DrawnNode) -> dict[str, str]:
    return {
        "title": " ".join(node.title),
        "resource": node.resource,
        "process": node.process,
        "aws": node.aws,
        "external": node.external,
    }
