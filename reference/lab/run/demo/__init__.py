"""`make demo`: one request with hundreds of receipts, end to end, and a check of the ledger."""
