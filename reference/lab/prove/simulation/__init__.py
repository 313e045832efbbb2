"""The whole path on fakes, a virtual clock and a seed: the same seed is the same run, exactly.

`scheduler` switches between actors at every call of a port, `faults` says which calls fail or
never return, `queues`, `store` and `database` are what AWS and PostgreSQL promise and no more,
`actors` run the real stages. `invariants` looks at every effect for the `promises`; `bugs` break
each of them, to prove that it looks.
"""
