"""Validates the planner against the local system: predictions on disk first, then the runs.

Read in this order: `grid` (the settings), `clocked_reader` (the reading function with a clock for
an engine, deployed into the emulator), `runs` (one setting on the local system), `run_figures` (a
run's figures), `validation` (calibrate on one setting, predict the others, run them, compare).
"""
