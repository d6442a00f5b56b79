"""What recurrence needs to do anything."""
