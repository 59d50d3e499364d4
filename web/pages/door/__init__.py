"""A hall's own pages, behind its link: when, what to do, and the way in."""
