"""The demonstration web: pages written for it, the server that shows them, and the sources that point at it."""
