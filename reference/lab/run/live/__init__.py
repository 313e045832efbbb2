"""The demo's page: what happens while it happens, buttons that break it, and a recording of it."""
