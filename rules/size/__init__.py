"""Parameters and costs that are larger than the model needs or its budget allows."""
