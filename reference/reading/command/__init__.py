"""The command `receipts read`: reads image files on this machine, without cloud or database."""
