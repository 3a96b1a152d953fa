"""The main job on one machine: the real template, definitions and handlers, both systems simulated."""
