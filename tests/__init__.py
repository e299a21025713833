"""A package, since one of the installed ones brings a `tests` of its own, which would hide a folder."""
