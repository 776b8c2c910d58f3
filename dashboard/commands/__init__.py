"""The commands of ``worldscope``, a file each. Heavy things are imported when a command runs, not before."""
