"""Stories of the rules: pure, or on a loop with a clock that is set by hand."""
