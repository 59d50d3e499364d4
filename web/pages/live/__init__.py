"""Leading a live room: the control page, its buttons, and what was asked."""
