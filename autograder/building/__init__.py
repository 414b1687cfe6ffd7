"""What is made from text: notebooks, expected values, tables, new exercises."""
