"""The messages of the verdict, which the page's script uses too."""

from typing import Literal

import msgspec

Level = Literal["breaks", "binds", "fits"]


class Message(msgspec.Struct, frozen=True):
    """A limit's level, its text and what to change, with {placeholders}."""

    level: Level
    text: str
    change: str


MESSAGES: dict[str, Message] = {
    "asked to read": Message(
        "breaks",
        "The last receipt is read after {took}; within {asked} was asked.",
        "See what binds reading, below.",
    ),
    "asked to store": Message(
        "breaks",
        "The last row is stored after {took}; within {asked} was asked.",
        "See what binds writing, below.",
    ),
    "timeout": Message(
        "breaks",
        "The slowest invocation takes {slowest}, longer than the reading function's timeout of "
        "{timeout}: those receipts are tried again and end in the dead-letter queue.",
        "A longer timeout (15 minutes at most), or fewer receipts an invocation.",
    ),
    "write retention": Message(
        "breaks",
        "The write queue's oldest message passes its retention of {retention} on day {day}: "
        "{count} results are deleted unwritten.",
        "Write faster, open longer, or keep longer (14 days at most); `receipts reconcile` puts "
        "them back on the queue from the copy in S3.",
    ),
    "receipt retention": Message(
        "breaks",
        "The receipt queue's oldest message passes its retention of {retention}: {count} receipts "
        "are deleted unread.",
        "Read faster (concurrency), or keep longer (14 days at most).",
    ),
    "connections": Message(
        "breaks",
        "The database refuses {count} receipts, {tries} tries: up to {peak} readers want a "
        "connection each, and the expenses app leaves {left}.",
        "Put a queue between, and one paced writer behind it. More tries don't make connections.",
    ),
    "pool": Message(
        "breaks",
        "{count} receipts wait more than {wait} for one of the pool's {connections} connections, "
        "and are given up.",
        "A queue waits for days where a pool waits for seconds. Until then: a larger pool, up to "
        "the {left} connections that the expenses app leaves.",
    ),
    "link down": Message(
        "breaks",
        "While the writer is shut in (windows or an outage) {count} receipts are read, and their "
        "readers have nowhere to put them.",
        "Put a queue between, and one paced writer behind it.",
    ),
    "app load": Message(
        "breaks",
        "In its busiest hour the expenses app alone takes {share} of the load at which the "
        "database begins to slow.",
        "No writer can mend that. Keep the rows out of those hours.",
    ),
    "database load": Message(
        "breaks",
        "Rows and the expenses app together reach {share} of the load at which the database begins "
        "to slow.",
        "Lower the rate to {safe} rows/s, or let it yield to the app's busy hours.",
    ),
    "database burst": Message(
        "breaks",
        "In its busiest second the database reaches {share} of the load at which it begins to "
        "slow. The rate isn't the cause: a transaction of {rows} rows comes in one piece.",
        "At most {fewer} rows a transaction.",
    ),
    "unpaced load": Message(
        "breaks",
        "Rows and the expenses app together reach {share} of the load at which the database begins "
        "to slow, and nothing paces this writer.",
        "A writer with a ceiling: {safe} rows/s are safe beside the app. Or fewer rows at once.",
    ),
    "visibility": Message(
        "breaks",
        "A transaction of {rows} rows takes {took}, longer than the write queue's visibility "
        "timeout of {visibility}: its messages are delivered again while they are written.",
        "Fewer rows a transaction, or a longer visibility timeout.",
    ),
    "burnt receives": Message(
        "breaks",
        "{count} good results end in the dead-letter queue: each try in vain uses up one of a "
        "message's {receives} receives, and the first is out of them after {first}.",
        "Stop receiving while nothing can be written: the pull agent does, and so does a mapping "
        "that an alarm disables. Or more receives (1,000 at most) and a longer visibility timeout.",
    ),
    "unsafe rate": Message(
        "binds",
        "In the busiest hour that is open to writing {safe} rows/s are safe ({part} of the "
        "headroom); the ceiling allows {rate}.",
        "Lower the ceiling to {safe} rows/s, or let the rate yield to the app.",
    ),
    "near receives": Message(
        "binds",
        "Tries in vain use up to {most} of a message's {receives} receives; none is dead-lettered.",
        "There is no room for twice the time: more receives (1,000 at most), a longer visibility "
        "timeout, or stop receiving while the database is away.",
    ),
    "near retention": Message(
        "binds",
        "The longest wait on the write queue is {wait}, {share} of its retention of {retention}.",
        "There is no room for a second delay like it: write faster, or keep longer.",
    ),
    "hours": Message(
        "binds",
        "Results wait up to {wait} on the write queue for the hours in which the writer may write, "
        "or for the link, not for its speed.",
        "Nothing, if the client can wait: this is what the queue is for.",
    ),
    "write rate": Message(
        "binds",
        "Results wait up to {wait} on the write queue: at most {made} rows/s are written. The last "
        "is stored {drain} after the last receipt is read.",
        "Raise the ceiling as far as the database allows: {safe} rows/s are safe in the app's "
        "busiest open hour, {quiet} in its quietest.",
    ),
    "busy hours": Message(
        "binds",
        "Results wait up to {wait} on the write queue: at most {made} rows/s are written. The last "
        "is stored {drain} after the last receipt is read.",
        "More than {safe} rows/s aren't safe in the app's busiest open hour. A higher ceiling "
        "helps at quieter hours ({quiet} rows/s in the quietest), if the rate yields to the app. "
        "Or give the database more room.",
    ),
    "database room": Message(
        "binds",
        "Results wait up to {wait} on the write queue: at most {made} rows/s are written. The last "
        "is stored {drain} after the last receipt is read.",
        "A higher ceiling changes nothing: {safe} rows/s are safe in the app's busiest open hour, "
        "{quiet} in its quietest. Wait, write at quieter hours, or give the database more room.",
    ),
    "writer speed": Message(
        "binds",
        "Results wait up to {wait} on the write queue: {connections} transactions of {rows} rows "
        "at once make {made} rows/s. The last is stored {drain} after the last receipt is read.",
        "More rows a transaction, or more transactions at once; {safe} rows/s are safe in the "
        "app's busiest open hour.",
    ),
    "transactions": Message(
        "binds",
        "Transactions of {rows} rows, {connections} at a time, make {made} rows/s at most; the "
        "ceiling of {rate} is never reached.",
        "More rows a transaction before more connections: a round trip costs more than a row.",
    ),
    "poller ramp": Message(
        "binds",
        "A receipt waits up to {wait} to be read, because a mapping starts at {start} invocations "
        "and adds {more} a minute; it reached {peak} of the {ceiling} allowed.",
        "Provisioned pollers begin with all of theirs, and are paid for when idle too. A higher "
        "MaximumConcurrency changes nothing.",
    ),
    "concurrency": Message(
        "binds",
        "A receipt waits up to {wait} to be read, because all {ceiling} invocations are taken.",
        "Raise MaximumConcurrency, or the account's concurrency where that is lower.",
    ),
    "everything": Message("fits", "Nothing binds: what is asked for fits.", "Nothing to change."),
}
"""The message of each limit, the gravest first."""
