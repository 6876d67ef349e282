"""Identity replies -> labels -> loose, strict and hard; the search for templates."""
