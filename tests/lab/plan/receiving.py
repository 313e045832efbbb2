"""A queue, message by message, whose writers fail at each try: the model's clock is held to it.

Written without that clock: every message has its own count, and becomes visible again by itself.
"""

from collections import deque
from heapq import heapify, heappop, heappush

import msgspec

from lab.plan.settings import Settings


class Received(msgspec.Struct, frozen=True):
    dead: int
    most: int
    """Receives of any message."""


def receive_in_vain(puts: list[float], down_until: float, settings: Settings) -> Received:
    """Receive what is put at `puts`, the longest visible first, until the link is up again."""
    fresh = deque((seconds, 0) for seconds in puts)
    again: deque[tuple[float, int]] = deque()
    free = [puts[0]] * settings.trying
    heapify(free)
    dead = most = 0
    while fresh or again:
        visible = min(queue[0][0] for queue in (fresh, again) if queue)
        now = max(heappop(free), visible)
        if now >= down_until:
            break
        taken = 0
        while taken < settings.write_batch:
            ready = [queue for queue in (fresh, again) if queue and queue[0][0] <= now]
            if not ready:
                break
            _, receives = min(ready, key=lambda queue: queue[0][0]).popleft()
            if receives == settings.max_receives:
                dead += 1
                continue
            taken += 1
            most = max(most, receives + 1)
            again.append((now + settings.visibility_seconds, receives + 1))
        heappush(free, now + settings.failing_try_seconds if taken else now)
    return Received(dead, most)
