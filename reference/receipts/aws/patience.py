"""How long a call to AWS may take with all its tries: less than its caller has to live."""

from botocore.config import Config


def patience(tries: int, connect_s: float, read_s: float, connections: int = 10) -> Config:
    """Settings of an SDK client: `tries` a call in all, and each one's time limits in seconds.

    `connect_s` counts for each address of the service, `read_s` for each silence of its answer.
    """
    return Config(
        connect_timeout=connect_s,
        read_timeout=read_s,
        max_pool_connections=connections,
        # Else DynamoDB is asked at a host of the account's own as soon as the credentials name
        # their account, and no firewall on the client's premises knows that one.
        account_id_endpoint_mode="disabled",
        retries={"mode": "standard", "total_max_attempts": tries},
    )


AT_ONCE = 8
"""Calls at a time, of what makes many: under the ten connections that a client keeps."""

FUNCTION = patience(tries=2, connect_s=1, read_s=3)
"""Of a Lambda, which lives for 10 s or more: its queue or its caller tries again."""

COMMAND = patience(tries=4, connect_s=5, read_s=15)
"""Of a person's command, and of the run each hour: nobody tries again soon."""
