"""Faults injected into the real parts, one at a time: after each, no row is lost or doubled.

`environment` is the local system with links that can be cut, `links` does the cutting,
`agent_drills`, `database_drills`, `server_drills`, `silence_drills` and `ingest_drills` are the
faults, `cli` runs them and records the outcomes.
"""
