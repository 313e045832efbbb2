"""The names of every module of our packages and the diagrams, without those that are examples."""

from collections.abc import Iterator

from lab.support.paths import REFERENCE, ROOT

FOLDERS = (REFERENCE, ROOT / "diagrams")


def names() -> Iterator[str]:
    """Found without importing one; those that start a program when imported are left out."""
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            *packages, name = path.relative_to(folder).with_suffix("").parts
            if name != "__main__" and "examples" not in packages:
                yield ".".join(packages if name == "__init__" else [*packages, name])
