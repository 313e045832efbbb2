"""Prints a plan: the verdict, the figures, the bill."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from diagram_check.template import read_template
from lab.plan import cost
from lab.plan.bill import deployed_keeping, kept
from lab.plan.formatting import duration, number, percent
from lab.plan.plan import Plan
from lab.plan.verdict import Finding
from lab.support.paths import TEMPLATE

COLOURS = {"breaks": "bold red", "binds": "yellow", "fits": "green"}


def report(console: Console, plan: Plan, findings: tuple[Finding, ...]) -> None:
    """Print the plan with its findings."""
    settings = plan.settings
    console.print(
        f"\n[bold]{number(settings.receipts)} receipts[/], {_arrival(plan)}: read after "
        f"[bold]{duration(plan.read_done)}[/], stored after [bold]{duration(plan.completion)}[/]\n"
    )
    for finding in findings:
        console.print(Text(f"{finding.level}: {finding.limit}", style=COLOURS[finding.level]))
        console.print(Text(finding.text))
        console.print(Text(f"Change: {finding.change}\n", style="dim"))
    console.print(_figures(plan))
    console.print(_bill(plan))
    console.print(Text(f"Not priced here: {', '.join(cost.NOT_PRICED)}.", style="dim"))
    console.print(Text("By the model; nothing here has run on AWS.\n", style="dim"))


def _arrival(plan: Plan) -> str:
    if plan.settings.arrival == "burst":
        return "all at once"
    return f"{plan.settings.arrival} over {duration(plan.settings.arrival_hours * 3600)}"


def _figures(plan: Plan) -> Table:
    table = Table(title="Figures", title_justify="left", show_header=False, box=None)
    table.add_column(style="dim")
    table.add_column(justify="right")
    rows = [
        ("readers at once, at most", number(plan.peak_concurrency)),
        ("receipt queue's greatest depth", number(plan.peak_receipt_depth)),
        ("wait to be read: mean, longest", _both(plan.mean_read_wait, plan.longest_read_wait)),
        ("write queue's greatest depth", number(plan.peak_write_depth)),
        ("wait to be written: mean, longest", _both(plan.mean_write_wait, plan.longest_write_wait)),
        ("drain after the last is read", duration(plan.drain)),
        ("rows in the busiest second", number(plan.peak_row_rate)),
        ("connections held or wanted, at most", number(plan.peak_connections)),
        ("database load with the app, of its knee", percent(plan.peak_database_load)),
        ("stored", number(plan.stored)),
    ]
    lost = {
        "refused a connection": plan.refused,
        "refused, link down": plan.unreachable,
        "deleted unread": plan.expired_unread,
        "deleted unwritten": plan.expired_unwritten,
        "in the dead-letter queue": plan.dead_lettered,
        "tries in vain": plan.tries_in_vain,
    }
    rows += [(what, number(count)) for what, count in lost.items() if count]
    rows.append(("billed", f"{number(plan.usage.billed_seconds)} s"))
    for row in rows:
        table.add_row(*row)
    return table


def _both(mean: float, longest: float) -> str:
    return f"{duration(mean)}, {duration(longest)}"


def _bill(plan: Plan) -> Table:
    keeping = kept(deployed_keeping(read_template(TEMPLATE)))
    lines = plan.cost.lines + keeping.lines
    unverified = plan.cost.unverified + keeping.unverified
    table = Table(title="\nUSD a thousand receipts", title_justify="left", box=None)
    table.add_column("", style="dim")
    table.add_column("")
    table.add_column("USD", justify="right")
    table.add_column("source")
    for line in lines:
        table.add_row(line.service, line.what, f"{line.usd_per_thousand:.4f}", _source(line.tag))
    verified = plan.cost.verified + keeping.verified
    table.add_row("", "of dated prices", f"[bold]{verified:.4f}[/]", "")
    table.add_row("", "besides", f"{unverified:.4f}", "unverified")
    return table


def _source(tag: str) -> str:
    return "unverified" if tag == "U" else tag
