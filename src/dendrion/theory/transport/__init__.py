"""Transport: how long salt lasts, how much current it carries, what an electrolyte and its interface resist."""
