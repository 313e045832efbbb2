"""The built package in a sandbox like Lambda's, under AWS's runtime client; every call is judged.

See `journey` for what is done, and `report` for what comes of it.
"""
