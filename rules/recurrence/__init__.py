"""Recurrent layers whose sequence, state or batch makes the recurrence useless or wrong."""
