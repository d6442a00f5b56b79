"""What the functions of the Python API give: typed values with the plain data and the text of their commands."""
