"""Mechanism: text from strangers, fit to be stored, printed and shown."""

REPLACEMENT = "\ufffd"


def printable(text: str) -> str:
    """`text` without what is not to be seen: control characters, NUL, marks that turn the reading.

    Each becomes U+FFFD, so that two texts that differ still do. PostgreSQL takes no NUL, SQS no
    U+FFFE; a terminal obeys escape sequences; a right-to-left mark makes `gpj.exe` of `exe.jpg`.
    """
    return "".join(c if c.isprintable() else REPLACEMENT for c in text)
