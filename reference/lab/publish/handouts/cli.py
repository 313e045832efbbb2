"""The command behind `make handouts`."""

from typing import Annotated

import typer
from rich.console import Console

from lab.support.paths import ROOT


def handouts(
    size: Annotated[str, typer.Option(help="The paper: a4 or letter.")] = "a4",
    url: Annotated[
        str, typer.Option(help="Where the site is, to print; else mkdocs.yml's site_url.")
    ] = "",
) -> None:
    """Build the handouts, sheets and cards of a workshop as PDFs in build/handouts."""
    # Imported here: pages describe the commands, including this one.
    from lab.publish.handouts import build  # noqa: PLC0415

    if size not in build.PAPERS:
        raise typer.BadParameter(f"the paper is one of {', '.join(build.PAPERS)}, not {size!r}")
    for name, pdf in build.handouts(paper=build.Paper(size, url or build.sites_address())).items():
        path = (build.OUT / f"{name}.pdf").relative_to(ROOT)
        Console().print(f"{path}, {len(pdf) / 1000:,.0f} kB", highlight=False)
