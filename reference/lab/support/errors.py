"""The errors that whoever types a command may meet."""


class LabError(Exception):
    """The command could not do it; the text says why, in words for whoever typed it.

    Every expected error of the lab is one. The command line prints its text as one line and ends
    with exit code 1; any other error is a defect, and shows its traceback.
    """
