"""One rendered receipt on its way through the real stages: what the pages show as examples."""
