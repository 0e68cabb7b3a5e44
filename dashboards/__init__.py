"""HOW it looks, live and afterwards: derived, and disposable."""
