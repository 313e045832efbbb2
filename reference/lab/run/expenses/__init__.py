"""The client's own app, as far as the workshop needs it: its tables, its data, its load."""
