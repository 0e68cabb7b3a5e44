"""The two forms that are shipped, and what makes them."""
