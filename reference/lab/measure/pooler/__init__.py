"""What a pooler does for functions and a database, measured: it stands in for RDS Proxy."""
