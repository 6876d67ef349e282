-- score.base_gap: one row per target with its base here, and reference, as last computed: sums over prompts of centred prefix_overlap.
-- grain: target, reference
-- written by: tasks/adapters/warehouse/pair_sums.py
-- target_total, base_total: of the target's centred prefix_overlap with the reference, and of its base's, over the n_prompts on which
-- both are there; gap_square_total: of the square of their difference.
create table if not exists score.base_gap (
    target varchar not null,
    base varchar not null,
    reference varchar not null,
    n_prompts bigint not null,
    -- target_total: Sum over prompts of the target's centred prefix_overlap with the reference.
    target_total double not null,
    -- base_total: Sum over the same prompts of its base's.
    base_total double not null,
    -- gap_square_total: Sum of the squares of the difference of the two.
    gap_square_total double not null
);
