"""The modes that are compared, and the numbers of the experiment with their reasons."""

from enum import StrEnum

CLIENTS = (1, 5, 10, 20, 50, 100, 200)
"""Functions at once; 200 is the `MaximumConcurrency` of `template.yaml`."""

CALL_EVERY_S = 0.5
"""Each function writes a row this often, as one that reads a small receipt in between."""

TRANSACTION_S = 0.005
"""How long a transaction keeps its connection busy, besides writing the row."""

SECONDS = 6.0
"""How long each number of functions runs: thousands of calls at the upper end."""

POOL_TIMEOUT_S = 2.0
"""How long a function waits for a connection of the pooler before it gives up. RDS Proxy's default
is two minutes, longer than this whole run."""

CONNECT_TIMEOUT_S = 5


class ConnectionMode(StrEnum):
    """How functions reach the database."""

    DIRECT = "direct"
    POOLED = "pooled"
    PINNED = "pinned"


TITLES = {
    ConnectionMode.DIRECT: "each its own connection",
    ConnectionMode.POOLED: "through the pooler",
    ConnectionMode.PINNED: "through the pooler, pinned",
}
