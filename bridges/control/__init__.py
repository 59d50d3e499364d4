"""What is done to a live room: asked for, carried out, looked for afterwards."""
