"""From places of tensors to their numbers: one module for each kind of container, all with bounded memory."""
