"""What proves and teaches, never deployed: the local system, demo, measurements, topology."""
