"""Rendered receipts: synthetic photos with their truth, for machines that have no real ones.

They exercise the path of a receipt; accuracy is never quoted from them, as a drawn receipt hides
much of what is hard about a real one. Merchants, towns and telephone numbers are invented.
"""

from lab.rendering.command import render_receipts
from lab.rendering.rendered import Rendered, render
from lab.rendering.sets import Example, ReceiptSet, load_set, receipt_set, write_archive
from lab.rendering.truth import TrueItem, TrueTax, Truth

__all__ = [
    "Example",
    "ReceiptSet",
    "Rendered",
    "TrueItem",
    "TrueTax",
    "Truth",
    "load_set",
    "receipt_set",
    "render",
    "render_receipts",
    "write_archive",
]
