"""The command behind `make handouts`."""

from rich.console import Console

from lab.publish.pages.values import ROOT


def handouts() -> None:
    """Set the participant's and the instructor's handout as PDFs into build/handouts."""
    # Imported here: pages describe the commands, this one among them.
    from lab.publish.handouts import build  # noqa: PLC0415

    for name, pdf in build.handouts().items():
        path = (build.KEPT / f"{name}.pdf").relative_to(ROOT)
        Console().print(f"{path}, {len(pdf) / 1000:,.0f} kB", highlight=False)
