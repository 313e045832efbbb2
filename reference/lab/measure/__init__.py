"""Measure it: what the pages say in figures, each by a command that can be run again."""
