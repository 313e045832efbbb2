"""The pull agent on the client's premises: from the write queue into its database, paced.

It opens connections to AWS over HTTPS and accepts none from outside.
"""
