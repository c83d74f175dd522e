"""``python -m dendrion``."""

from dendrion.cli import main

main()
