-- Are models found alike merely because their replies are equally long? (correlation of D with closeness in length)
select
    target,
    count(prefix_overlap_d) as n_references,
    round(nullif(corr(prefix_overlap_d, length_closeness), 'nan'), 3) as d_with_length,
    round(nullif(corr(prefix_overlap_d, bigram_jaccard), 'nan'), 3) as d_with_word_pairs
from mart.pair_similarity
group by target
having count(prefix_overlap_d) > 2
order by d_with_length desc nulls last, target;
