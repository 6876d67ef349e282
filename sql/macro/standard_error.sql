-- standard_error(total, square_total, n): that of a mean, out of the sum of n values and the sum of their squares.
sqrt(greatest(square_total - total ** 2 / nullif(n, 0), 0) / nullif(n - 1, 0) / nullif(n, 0))
