"""What every room of the lab may use: paths, errors, provenance, charts."""
