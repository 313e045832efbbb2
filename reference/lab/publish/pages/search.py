"""How the search ranks pages: answers before decision records, and by other names of theirs."""

from collections.abc import MutableMapping
from typing import Any

BOOSTS = {
    "decisions/": 0.1,
    "reference/package/": 0.2,
    "reference/decisions.md": 0.2,
    "workshop/": 3.0,
    "explanation/": 3.0,
    "patterns/": 2.0,
    "how-to/": 2.0,
    "instructor/": 2.0,
}
"""By the beginning of a page's path; other pages count as 1."""

ALSO_CALLED = {
    "explanation/back-pressure.md": ("backpressure", "throttling"),
    "explanation/delivery.md": ("idempotency", "exactly once", "duplicate", "crash"),
    "explanation/failure-paths.md": ("dead letter", "DLQ"),
    "explanation/security.md": ("GDPR", "DSGVO", "privacy"),
    "explanation/push-or-pull.md": ("VPN",),
    "how-to/replay-a-dlq.md": ("dead letter", "redrive"),
    "how-to/run-on-your-photos.md": ("macOS", "Windows", "Docker"),
    "instructor/index.md": ("handout", "slides"),
    "instructor/marking.md": ("rubric",),
    "patterns/index.md": ("Step Functions",),
    "reference/quotas-and-prices.md": ("cost", "money"),
    "workshop/batch-fan-out.md": ("zip upload", "presigned url", "lambda concurrency"),
    "workshop/check-your-design.md": ("rubric",),
}
"""What people type who call a page's subject otherwise."""


def rank(path: str, meta: MutableMapping[str, Any]) -> None:
    """Add the page's weight and other names to its front matter, where the search reads them."""
    for beginning, boost in BOOSTS.items():
        if path.startswith(beginning):
            meta.setdefault("search", {})["boost"] = boost
    if path in ALSO_CALLED:
        meta["tags"] = list(ALSO_CALLED[path])
