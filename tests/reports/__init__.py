"""What a conference leaves behind: the figures, and the documents as other programs read them."""
