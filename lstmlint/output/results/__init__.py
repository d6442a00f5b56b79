"""The results of the functions of the Python API: typed values with the plain data and the text of their commands."""
