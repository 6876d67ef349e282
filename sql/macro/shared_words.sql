-- shared_words(mine, other): how many words two lists of words begin with in common.
case
    when mine[1] = other[1]
        then len(list_filter(range(1, 1 + least(len(mine), len(other))), lambda k: mine[1:k] = other[1:k]))
    else 0
end
