"""Other designs that can be deployed, each a template and its functions: for comparison."""
