"""The ports on AWS, one file a service, and how the ledger's items are encoded."""
