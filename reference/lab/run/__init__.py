"""Run it: AWS emulator, PostgreSQL, the client's app, photos and the demo on one machine."""
