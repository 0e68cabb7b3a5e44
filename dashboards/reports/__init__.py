"""What a conference leaves behind: figures, and the documents that an office signs."""
