-- raw.sampled_pair: one row per target, reference, prompt and judge that is to grade how alike their replies are.
-- grain: target, reference, prompt_id, judge
-- What was chosen and has no grade is missing: it counts in n_missing, and not as nothing.
create table if not exists raw.sampled_pair (
    target varchar not null,
    reference varchar not null,
    prompt_id varchar not null,
    judge varchar not null,
    sampled_at timestamp not null
);
