"""Rendered receipts: synthetic photos with their truth, for machines that have no real ones.

They exercise the path of a receipt; accuracy is never quoted from them, as a drawn receipt hides
much of what is hard about a real one. Merchants, towns and telephone numbers are invented.
"""

from lab.run.photos.cli import render_receipts
from lab.run.photos.rendered import Rendered, render
from lab.run.photos.sets import Example, ReceiptSet, load_set, receipt_set, write_archive
from lab.run.photos.truth import TrueItem, TrueTax, Truth

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
