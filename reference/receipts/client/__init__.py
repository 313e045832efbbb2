"""The customer's side: packs photos, asks for a batch, uploads, asks how far it is."""
