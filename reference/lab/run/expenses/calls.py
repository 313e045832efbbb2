"""The expenses app's calls in January: mostly reads, some writes, all of them indexed."""

import random
from collections.abc import Mapping, Sequence

from msgspec import Struct
from psycopg import Connection

CUSTOMERS = 100
EXPENSES = 300_000
"""Companies with some thousands of expenses each, as January's statements add them up."""

CATEGORIES = ("travel", "meals", "office", "phone", "training", "other")


class Call(Struct, frozen=True):
    """One call: its kind, the statement, and its parameters."""

    kind: str
    statement: str
    parameters: Sequence[object]


_STATEMENTS: Mapping[str, str] = {
    "list": "SELECT expense_id, spent_on, category, merchant, amount FROM expenses.expense"
    " WHERE customer_id = %s ORDER BY spent_on DESC LIMIT 20",
    "statement": "SELECT date_trunc('month', spent_on) AS month, category, count(*), sum(amount)"
    " FROM expenses.expense WHERE customer_id = %s GROUP BY month, category ORDER BY month",
    "file": "INSERT INTO expenses.expense (customer_id, spent_on, category, merchant, amount,"
    " currency) VALUES (%s, date '2026-06-30', %s, 'Merchant', %s, 'EUR')",
    "return": "INSERT INTO expenses.tax_return (customer_id, year, deductible)"
    " SELECT customer_id, 2026, sum(amount) FROM expenses.expense WHERE customer_id = %s"
    " GROUP BY customer_id ON CONFLICT (customer_id, year)"
    " DO UPDATE SET deductible = excluded.deductible, filed_at = now()",
}

CALL_MIX_PERCENT = {"list": 30, "statement": 50, "file": 12, "return": 8}
"""In January users look, add what is missing, add it all up, and file their return."""


def draw_call(rng: random.Random) -> Call:
    """Draw one call of the January mix."""
    [kind] = rng.choices(list(CALL_MIX_PERCENT), list(CALL_MIX_PERCENT.values()))
    customer = rng.randint(1, CUSTOMERS)
    parameters: list[object] = [customer]
    if kind == "file":
        parameters += [rng.choice(CATEGORIES), round(rng.uniform(3, 300), 2)]
    return Call(kind, _STATEMENTS[kind], parameters)


def fill_tables(connection: Connection, expenses: int = EXPENSES) -> None:
    """Fill the tables to a realistic size, with the same rows each time. Takes some seconds."""
    connection.execute("SELECT setseed(0.5)")
    connection.execute(
        "INSERT INTO expenses.customer (reference, name)"
        " SELECT 'C-' || n, 'Customer ' || n FROM generate_series(1, %s) n",
        [CUSTOMERS],
    )
    connection.execute(
        "INSERT INTO expenses.expense (customer_id, spent_on, category, merchant, amount, currency)"
        " SELECT 1 + floor(random() * %s), date '2025-01-01' + floor(random() * 730)::int,"
        " (%s::text[])[1 + floor(random() * %s)], 'Merchant ' || n %% 5000,"
        " round((3 + random() * 300)::numeric, 2), 'EUR' FROM generate_series(1, %s) n",
        [CUSTOMERS, list(CATEGORIES), len(CATEGORIES), expenses],
    )
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")
