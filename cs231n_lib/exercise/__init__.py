"""What an exercise is: its declaration, how it is called, and the laws of random ones."""
