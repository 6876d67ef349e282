"""How alike a whole population of models is: its kernel, its effective number of models, its tree."""
