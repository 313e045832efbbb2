"""Other designs that can be deployed, each a template and its functions: to be compared, not used."""
