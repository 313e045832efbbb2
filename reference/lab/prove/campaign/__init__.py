"""The campaign: random faults, several at once, on the real parts, judged by what they leave.

Drills show each known fault alone. A campaign finds the pairs that nobody thought of. Its schedule
of faults comes from one seed; how the processes interleave does not.
"""
