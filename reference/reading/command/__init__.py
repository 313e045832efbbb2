"""`receipts read`: the reading stage's heart on photos at hand, without a cloud or a database."""
