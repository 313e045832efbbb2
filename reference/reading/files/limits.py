"""How large and how many the files are that a customer may send."""

MAX_IMAGE_BYTES = 25 * 1024**2
"""A 50-megapixel phone photo is about 20 MB."""
MAX_ARCHIVE_BYTES = 5 * 1000**3
"""What a single S3 upload takes."""
MAX_ENTRIES = 10_000
"""Receipts in one archive."""
MAX_NAME = 200
"""Characters of one file's name."""
