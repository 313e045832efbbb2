"""Prove it: the simulation under faults, drills and a campaign on the real parts."""
