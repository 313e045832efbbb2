"""The pull agent on the client's premises: from the write queue into its database, paced."""
