"""dendrion: metal dendrites in solid-state lithium and sodium metal batteries."""

__version__ = "0.1.0"
