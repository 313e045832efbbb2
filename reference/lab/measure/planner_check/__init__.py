"""The planner held to the local system: predictions on disk first, then the runs.

Read in this order: `grid` (what is run), `reader` (the reading function with a clock for an engine,
deployed into the emulator), `runs` (one setting on the local system), `seen` (a run in figures),
`held` (calibrate on one setting, predict the others, run them, compare), `cli`.
"""
