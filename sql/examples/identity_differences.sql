-- Which two models differ in how often they contradict their identity, beyond chance?
select left_target, right_target, score, difference, low, high, p_holm, n
from mart.identity_difference
order by p_holm nulls last, abs(difference) desc, left_target, right_target, score;
