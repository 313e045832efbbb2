"""The whole path on fakes, a virtual clock and a seed: the same seed is the same run, exactly.

`scheduler` switches between actors at every call of a port, `faults` says which calls fail or
never return, `queues`, `store` and `database` do what AWS and PostgreSQL guarantee and no more,
`actors` run the real stages. `invariants` checks the `promises` at every effect; each of the
deliberate `bugs` breaks one, which proves that it is checked.
"""
