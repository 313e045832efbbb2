"""Prove it: the simulation under faults, and the drills on the real parts."""
