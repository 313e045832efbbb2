"""The ports on AWS, one file a service."""
