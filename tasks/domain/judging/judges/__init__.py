"""One file is one judge; its constant has the file's name in capitals."""
