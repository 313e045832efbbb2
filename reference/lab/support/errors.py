"""The base class of the lab's expected errors."""


class LabError(Exception):
    """A command failed for an expected reason; the text tells the user which.

    The command line prints the text as one line and ends with exit code 1. Any other error is a
    defect, and shows its traceback.
    """
