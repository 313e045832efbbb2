"""Publish it: the pages' values and tables, and the handouts."""
