"""What every part of the lab may use: where things lie, and the errors that a user may meet."""
