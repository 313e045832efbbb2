"""The error of templates."""


class TopologyError(Exception):
    """A template that is invalid or lacks what was asked for; the message has file and line."""
