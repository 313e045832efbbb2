"""Damaged files: whatever bytes come, a page or an error in words for the sender leaves."""
