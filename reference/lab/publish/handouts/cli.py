"""The command behind `make handouts`."""

from rich.console import Console

from lab.support.paths import ROOT


def handouts() -> None:
    """Build the participant's and the instructor's handout as PDFs in build/handouts."""
    # Imported here: pages describe the commands, including this one.
    from lab.publish.handouts import build  # noqa: PLC0415

    for name, pdf in build.handouts().items():
        path = (build.OUT / f"{name}.pdf").relative_to(ROOT)
        Console().print(f"{path}, {len(pdf) / 1000:,.0f} kB", highlight=False)
