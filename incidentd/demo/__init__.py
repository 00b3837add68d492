"""`incidentd demo`: a private daemon, a public incident replayed through it, and the terminal UI to look at it."""
