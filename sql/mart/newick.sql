-- mart.newick: one row per kernel and population: its tree as Newick text, for any program that draws trees.
-- grain: kernel, population
-- Groups are labelled by their support; the way from one member to another along the branches is their mean distance.
select kernel, population, newick
from raw.homogeneity
