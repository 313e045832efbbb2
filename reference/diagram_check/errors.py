"""The errors that are no defects: the command prints their text as one line."""


class DiagramError(Exception):
    """A diagram that can't be read; the message has file and line."""


class ExceptionsError(Exception):
    """A file of exceptions that can't be read; the message names it."""
