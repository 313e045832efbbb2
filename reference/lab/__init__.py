"""What proves and teaches: the local system, demo, drills, measurements, model and pages.

It is never deployed with the pattern; `alternatives` holds other designs' templates.
"""
