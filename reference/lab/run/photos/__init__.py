"""Rendered receipts: synthetic photos with their ground truth, where there are no real ones.

They test the path of a receipt. Accuracy is never quoted from them: a drawn receipt lacks much of
what is hard about a real one. Merchants, towns and telephone numbers are invented.
"""

from lab.run.photos.cli import render_receipts
from lab.run.photos.rendering import Rendered, render
from lab.run.photos.sets import LabelledImage, ReceiptSet, load_set, receipt_set, write_archive
from lab.run.photos.truth import TrueItem, TrueTax, Truth

__all__ = [
    "LabelledImage",
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
