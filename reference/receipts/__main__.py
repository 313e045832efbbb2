"""`python -m receipts` is the command `receipts`."""

from receipts.cli import main

main()
