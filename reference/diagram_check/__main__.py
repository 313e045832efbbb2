"""`python -m diagram_check` is the command `diagram-check`."""

from diagram_check.cli import main

main()
