"""The key ring and its file: read, followed while we run, rotated."""
