"""
An honest stand-in for Asana, for rehearsal and tests.

It listens on loopback, keeps its state in memory, announces itself in every answer
(`Jalon-Sandbox: 1`) and behaves as the documented platform does for the calls that it
supports. What it does not support answers 501 and says so: a success is never invented.

It stands apart: nothing here imports the rest of `sync`, so that a mistake about Asana
made there cannot be repeated here by sharing the code.
"""
