"""`python -m lab` is the command `receipts-lab`."""

from lab.cli import main

main()
