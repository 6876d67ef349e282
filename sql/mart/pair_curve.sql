-- mart.pair_curve: one row per target, reference and number of prompts: the prefix_overlap score D over the first so many prompts.
-- grain: target, reference, n_prompts
-- filter: target, reference
-- The prompts come in the order of their ids, which are hashes: an order that has nothing to do with what they say. So the
-- curve shows whether D had settled before all prompts were in. low, high: D -+ 1.96 standard errors over those prompts.
with part as (
    select
        target,
        reference,
        row_number() over so_far as n_prompts,
        count(*) over (partition by target, reference) as n_all,
        avg(prefix_overlap_d) over so_far as prefix_overlap_d,
        stddev_samp(prefix_overlap_d) over so_far / sqrt(row_number() over so_far) as standard_error
    from core.pair_centred
    where prefix_overlap_d is not null
    window so_far as (partition by target, reference order by prompt_id rows unbounded preceding)
)
select
    target,
    reference,
    n_prompts,
    -- prefix_overlap_d: D over the first so many prompts, in the order of their ids.
    round(prefix_overlap_d, 6) as prefix_overlap_d,
    -- low: Lower end of D's 95 % interval over those prompts.
    round(prefix_overlap_d - 1.96 * standard_error, 6) as low,
    -- high: Upper end of D's 95 % interval over those prompts.
    round(prefix_overlap_d + 1.96 * standard_error, 6) as high
from part
where
    n_prompts = n_all
    or n_prompts in (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 600, 800, 1000, 1250, 1500, 2000, 3000, 5000)
