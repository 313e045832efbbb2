"""`make demo`: one request with hundreds of receipts, end to end, the ledger held to counts."""
