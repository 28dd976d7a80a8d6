"""MT evaluation: metrics, significance, slices."""
