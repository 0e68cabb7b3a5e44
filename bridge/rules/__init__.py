"""The rules of the hall: pure values and functions, without clock, chance or I/O."""
