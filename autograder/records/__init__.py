"""What each score rests on: written, sealed, read again and judged again."""
