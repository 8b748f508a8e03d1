"""What a validation found, as values, as text, and in the formats that programs read."""
