"""What lies on the dead-letter queues: found with its reason, put back to work, or given up."""
