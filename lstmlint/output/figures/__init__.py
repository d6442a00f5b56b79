"""What people would rather look at than read: models as pages and figures, made of nothing but text."""
