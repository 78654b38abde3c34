"""
The command `jalon`: parse, call one function, print, return a code.

One module per command. `main` turns every failure into a short message and an exit code;
`output` decides between tables for a terminal, lines for a pipe and JSON for a program.
"""

from sync.cli.main import main

__all__ = ["main"]
