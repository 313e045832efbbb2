"""A digest of code changes with what the code does, and with nothing else."""

from pathlib import Path

import pytest

from lab.support.code_digest import code_digest

CODE = '''"""About orders."""

LIMIT = 3
"""At most so many."""


def total(prices):
    """Add them up."""
    return sum(prices[:LIMIT])  # the first ones
'''
TOML = "# Each in euros.\nprices = [2, 3]\n"
SQL = "-- One row each.\nCREATE TABLE orders (id bigint);\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop" / "orders"
    folder.mkdir(parents=True)
    (folder / "total.py").write_text(CODE)
    (folder / "orders.sql").write_text(SQL)
    (folder / "prices.toml").write_text(TOML)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("total.py", "  # the first ones", ""),
        ("total.py", "About orders.", "What orders cost."),
        ("total.py", "At most so many.", "More are refused."),
        ("total.py", "Add them up.", "The sum."),
        ("total.py", "sum(prices[:LIMIT])", "sum(\n        prices[:LIMIT],\n    )"),
        ("prices.toml", "Each in euros.", "In euros."),
        ("prices.toml", "[2, 3]", "[\n  2, 3\n]"),
        ("orders.sql", "One row each.", "A row an order."),
        ("orders.sql", "(id bigint)", "(\n    id bigint\n)"),
    ],
)
def test_comments_docstrings_and_formatting_do_not_count(
    root: Path, file: str, old: str, new: str
) -> None:
    before = code_digest("shop.orders", root=root)
    change(root / "shop" / "orders" / file, old, new)
    assert code_digest("shop.orders", root=root) == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("total.py", "LIMIT = 3", "LIMIT = 0"),
        ("total.py", "LIMIT = 3", 'LIMIT = "3"'),
        ("total.py", "[:LIMIT]", "[LIMIT:]"),
        ("total.py", "sum(", "max("),
        ("prices.toml", "[2, 3]", "[3, 2]"),
        ("orders.sql", "bigint", "integer"),
    ],
)
def test_other_code_has_another_digest(root: Path, file: str, old: str, new: str) -> None:
    before = code_digest("shop.orders", root=root)
    change(root / "shop" / "orders" / file, old, new)
    assert code_digest("shop.orders", root=root) != before


def test_a_package_holds_its_subpackages_and_a_module_is_named_without_its_ending(
    root: Path,
) -> None:
    package, module = (code_digest(name, root=root) for name in ("shop", "shop.orders.total"))
    change(root / "shop" / "orders" / "total.py", "sum(", "max(")
    assert code_digest("shop", root=root) != package
    assert code_digest("shop.orders.total", root=root) != module


def test_a_file_more_is_other_code(root: Path) -> None:
    before = code_digest("shop", root=root)
    (root / "shop" / "empty.py").touch()
    assert code_digest("shop", root=root) != before


def test_a_file_of_another_name_is_other_code(root: Path) -> None:
    before = code_digest("shop", root=root)
    (root / "shop" / "orders" / "total.py").rename(root / "shop" / "orders" / "totals.py")
    assert code_digest("shop", root=root) != before


def test_a_name_that_is_not_there_is_told(root: Path) -> None:
    with pytest.raises(FileNotFoundError, match="invoices"):
        code_digest("shop.invoices", root=root)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
