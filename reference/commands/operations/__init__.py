"""The operators' commands: settle, audit, put back, trace, dead letters, forget."""
