"""The directory: units, halls, officials and whom to call, as they are valid on one day."""
