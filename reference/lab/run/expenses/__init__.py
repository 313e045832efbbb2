"""The client's expenses app, as far as the workshop needs it: its tables, data and load."""
