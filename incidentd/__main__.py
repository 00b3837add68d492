"""`python -m incidentd`."""

from incidentd.cli.daemon import main

main()
