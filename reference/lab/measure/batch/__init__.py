"""Measures what a batch costs in time and memory, and compares it with a plain loop."""
