"""`python -m commands` is the command `receipts`."""

from commands.cli import main

main()
