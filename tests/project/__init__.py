"""What holds for the whole tree: sizes, licences, requirements, what no code may do."""
