"""What goes on paper: typeset in a process of its own, from plain values."""
