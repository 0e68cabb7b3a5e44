"""Photos of halls: looked at in a process of their own, and kept without anything that a camera wrote into them."""
