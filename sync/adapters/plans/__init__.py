"""Read a plan from the forms in which cities publish one; see `read.py`."""
