"""A dossier: all that the verdict on one model rests on, out of which anybody can form the verdict again."""
