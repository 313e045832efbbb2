"""Writes the fitted weights as the module `reading.extraction.weights`."""

from pathlib import Path

from reading.extraction import weights as shipped
from reading.extraction.fields import Weights

HEAD = '''"""What each kind of evidence weighs: the logit of each field, in log-odds.

Written by `receipts-lab fit-reading`: do not edit. Fitted to which candidates people had called
right on real receipts; a weight tells of a kind of evidence and nothing of any receipt.
"""

WEIGHTS: dict[str, dict[str, float]] = {
'''


def write_weights(weights: Weights, path: Path = Path(shipped.__file__)) -> Path:
    """Write `weights` as Python; returns the path."""
    lines = [HEAD]
    for field, by_name in weights.items():
        lines.append(f'    "{field}": {{\n')
        lines += [f'        "{name}": {by_name[name]:.2f},\n' for name in sorted(by_name)]
        lines.append("    },\n")
    path.write_text("".join([*lines, "}\n"]), encoding="utf-8")
    return path
