"""The same receipts through every service that the exercise names: templates, runs, one table."""
