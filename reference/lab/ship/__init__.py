"""Ship it: what Lambda gets, and what the client installs."""
