"""Writes the fitted weights as the module `reading.extraction.weights`."""

from pathlib import Path

from reading.extraction import weights as shipped
from reading.extraction.fields import Weights

HEAD = '''"""The weight of each kind of evidence, in log-odds, by field.

Written by `receipts-lab fit-reading`: do not edit. The weights were fitted to real receipts, on
which people had said what is right. A weight belongs to a kind of evidence: it reveals nothing of
any single receipt.
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
