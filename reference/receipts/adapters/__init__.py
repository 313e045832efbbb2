"""Keeps the ports on AWS, PostgreSQL and OCR engines. Imports vocabulary and ports, no stage."""
