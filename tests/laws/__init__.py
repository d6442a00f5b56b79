"""Laws that hold for every file that a real Keras wrote and loads again."""
