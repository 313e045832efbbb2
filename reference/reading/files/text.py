"""Text from strangers, made safe to store, to print and to show."""

REPLACEMENT = "\ufffd"


def printable(text: str) -> str:
    """Replace each character that can't be seen (control characters, direction marks) by U+FFFD.

    Replacing shows that something stood there, and where; deleting would make the text equal to one
    that never had it. (Two texts that differ only in such characters do become equal.) The reasons:
    PostgreSQL refuses NUL and SQS refuses U+FFFE, a terminal obeys escape sequences, and a
    right-to-left mark makes `…gpj.exe` look like `…exe.jpg`.
    """
    return "".join(c if c.isprintable() else REPLACEMENT for c in text)
