"""Faults injected into the real parts, one at a time; each must leave nothing lost or doubled.

`ground` is the local system with links that can be cut, `links` does the cutting, `agent_drills`
and `path_drills` are the faults, `cli` runs them and writes down what was seen.
"""
