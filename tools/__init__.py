"""What the project is checked and generated with."""
