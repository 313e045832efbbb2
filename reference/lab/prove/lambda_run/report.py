"""What a run says: by function, by principal, what was denied, which rights nobody used."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from lab.prove.iam.evaluate import Request
from lab.prove.iam.judge import Unused, excused, unused_rights
from lab.prove.lambda_run.function import Function
from lab.prove.lambda_run.record import Calls, FunctionFigures, Recorded
from lab.prove.lambda_run.system import System, untriggered
from lab.support.provenance import provenance

PLAYED = (
    "the event source mappings, the schedules, S3's right to send, API Gateway's to invoke, and "
    "Lambda's writing of logs are played by us; API, tokens, queues, bucket and table by the "
    "emulator; time that goes by is set back in the data"
)
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32,64}(?![0-9a-f])")


def recorded(system: System, python: str, client: str, left_out: Iterable[str]) -> Recorded:
    """What is kept of a run."""
    by_who = _calls_by_who(system)
    return Recorded(
        provenance=provenance("receipts", "reading", "lab.prove.lambda_run", "lab.prove.iam"),
        python=python,
        client=client,
        left_out=[*left_out],
        stack=system.stack,
        functions={
            name: FunctionFigures(
                invocations=one.invocations, calls=by_who[one.role], processes=one.figures()
            )
            for name, one in system.functions.items()
        },
        calls=_without_ids(system.judge.counts),
    )


def _without_ids(counts: dict[Request, int]) -> list[Calls]:
    found: Counter[Request] = Counter()
    for request, times in counts.items():
        context = tuple(
            (key, _plain(it) if isinstance(it, str) else tuple(map(_plain, it)))
            for key, it in request.context
        )
        plain = Request(
            who=request.who,
            action=request.action,
            resource=_plain(request.resource),
            context=context,
        )
        found[plain] += times
    order = sorted(found, key=lambda it: (it.who, it.action, it.resource, str(it.context)))
    return [Calls(request=it, times=found[it]) for it in order]


def _plain(text: str) -> str:
    return _ID.sub(lambda it: "0" * len(it[0]), text)


def _calls_by_who(system: System) -> Counter[str]:
    found: Counter[str] = Counter()
    for request, times in system.judge.counts.items():
        found[request.who] += times
    return found


def faults(system: System, *, whole: bool) -> list[str]:
    """Everything for which the run fails; nothing, if it passes.

    Of a run that is not `whole`, for it stopped, rights that were not used say nothing.
    """
    left, idle = excused(system.policies, _unused(system)) if whole else ([], [])
    functions = system.functions.items() if whole else ()
    return [
        *(f"denied: {it}" for it in system.judge.denied.values()),
        *(f"unknown: {it}" for it in system.gate.unknown),
        *(f"failed: {it}" for it in system.errors()),
        *(f"unused right: {it}" for it in left),
        *(f"an excuse of an unused right that is used, or gone: {it}" for it in idle),
        *(f"nothing starts {it}, as far as is known here" for it in untriggered(system)),
        *(f"{name} was never invoked" for name, it in functions if not it.invocations),
    ]


def _unused(system: System) -> list[Unused]:
    return unused_rights(system.policies, system.judge.counts)


def lines(system: System, left_out: Iterable[str]) -> Iterator[str]:
    """The report, for a person."""
    by_who = _calls_by_who(system)
    denied = Counter(it.request.who for it in system.judge.denied.values())
    all_unused = _unused(system)
    left = excused(system.policies, all_unused)[0]
    unused = Counter(it.owner for it in left)
    with_reason = Counter(it.owner for it in all_unused if it not in left)
    yield (
        f"{'function':<20}{'events':>8}{'calls':>8}{'denied':>8}{'unused':>8}"
        f"{'init ms':>9}{'of it CPU':>11}{'MB':>6}{'of':>6}{'scratch':>9}"
    )
    for name, one in system.functions.items():
        yield _line(name, one, by_who[one.role], denied[one.role], unused[one.role])
    roles = {one.role for one in system.functions.values()}
    yield ""
    for who in sorted((by_who.keys() | system.policies.own.keys()) - roles):
        counts = f"{by_who[who]:>8}{denied[who]:>8}{unused[who]:>8}"
        yield f"{who:<28}{counts}"
    yield ""
    yield f"Of it: {PLAYED}."
    for owner, rights in with_reason.items():
        yield f"NOT USED, with a reason in unused.toml: {rights} rights of {owner}"
    for what in left_out:
        yield f"LEFT OUT: {what}"


def _line(name: str, one: Function, calls: int, denied: int, unused: int) -> str:
    figures = one.figures()
    first = figures[0]
    memory_mb = max(it.memory_mb for it in figures)
    scratch_mb = max(it.scratch_mb for it in figures)
    return (
        f"{name:<20}{one.invocations:>8}{calls:>8}{denied:>8}{unused:>8}"
        f"{first.init_ms:>9.0f}{first.init_cpu_ms:>11.0f}{memory_mb:>6.0f}"
        f"{one.limits.memory_mb:>6}{scratch_mb:>9.1f}"
    )
