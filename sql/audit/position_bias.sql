-- audit.position_bias: one row per judge whose grades depend on which reply it sees first.
-- grain: judge
-- level: warn
select judge, difference, low, high, n
from mart.position_bias
where low > 0 or high < 0
