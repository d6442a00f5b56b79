"""Questions that the keeper of a zoo asks first, each a pure function from the state of a store to frozen records."""
