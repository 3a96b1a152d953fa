"""The steps of the three ways through, each with its clients and stores handed in."""
