-- score.homogeneity: one row per kernel and population: how alike its members are, as last computed.
-- grain: kernel, population
-- written by: tasks/similarity/homogeneity.py
-- n_left_out: members that shared no prompt with some other; n_common_prompts: the fewest prompts that two share.
create table if not exists score.homogeneity (
    kernel varchar not null,
    population varchar not null,
    n_members bigint not null,
    n_models bigint not null,
    n_left_out bigint not null,
    n_prompts bigint not null,
    n_common_prompts bigint not null,
    vendi double not null,
    vendi_low double,
    vendi_high double,
    vendi_bias double,
    vendi_of_one_model double,
    mean_similarity double not null,
    mean_similarity_low double,
    mean_similarity_high double,
    clipped_share double not null,
    newick varchar not null,
    computed_at timestamp not null
);
