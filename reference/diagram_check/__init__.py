"""Holds architecture pictures to the template that is deployed: what differs, and where.

A picture is a file of the `diagrams` package, a template is SAM's or CloudFormation's. The command
is `diagram-check`; this package knows nothing of the workshop that it grew up in.
"""

__version__ = "0.1.0"
