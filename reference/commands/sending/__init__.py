"""The customer's side: packs photos, asks for a batch, uploads, asks how far it is.

A client in HTTP's sense; elsewhere "the client" is the company with the database.
"""
