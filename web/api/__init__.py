"""The API under /api/v1: strict bodies in, values out, OpenAPI from the same models."""
