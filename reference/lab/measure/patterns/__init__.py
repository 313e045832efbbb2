"""Sends the same receipts through every service that the exercise names, and compares them."""
