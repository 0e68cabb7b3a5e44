"""The typeface of reports: Tinos, as wide as Times New Roman."""
