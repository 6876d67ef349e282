"""Judges of how alike two replies are. One file is one judge, whose constant has the file's name."""
