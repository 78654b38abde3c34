"""The calls of Asana's REST API that the sandbox supports, one module per kind of thing."""
