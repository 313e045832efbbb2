"""Leaves out of the theme's files what this site never uses, so that its pages stay light."""

import re

_OTHERS = re.compile(
    r"(?<=[{}])[^{}]*\[data-md-color-(?:primary|accent)=(?!custom)[^{}]*\{[^{}]*\}"
)


def palette(css: str) -> str:
    """The theme's palette without the forty colours that aren't ours: `custom` is."""
    return _OTHERS.sub("", css)
