"""Lets the receipts of one run put each other's merchants right, in their order."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from reading.agreement import LAST, majority, vote_of
from reading.command.worker_pool import OutputLine
from reading.extraction import explain as explaining


def agreeing(answers: Iterable[tuple[OutputLine, str]]) -> Iterator[tuple[OutputLine, str]]:
    """The output lines and explanations, each as the lines before it make its merchant's name."""
    names: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=LAST))
    for line, page in answers:
        sure = line.confidence.get("merchant_number")
        vote = vote_of(line.merchant, line.merchant_number, sure)
        if vote is None:
            yield line, page
            continue
        names[vote.number].append(vote.name)
        agreed = majority(vote.name, tuple(names[vote.number]))
        if agreed is None:
            yield line, page
            continue
        why = explaining.put_right(vote, agreed) if page else ""
        yield replace(line, merchant=agreed.name, merchant_as_read=vote.name), page + why
