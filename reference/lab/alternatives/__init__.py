"""Alternative designs for comparison, each a template that can be deployed and its functions."""
