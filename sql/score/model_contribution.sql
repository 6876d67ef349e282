-- score.model_contribution: one row per kernel, population and member, as last computed: what it adds to the effective number of models.
-- grain: kernel, population, member
-- written by: tasks/similarity/homogeneity.py
-- member: a model, or a family in population families.
create table if not exists score.model_contribution (
    kernel varchar not null,
    population varchar not null,
    member varchar not null,
    contribution double not null,
    contribution_low double,
    contribution_high double,
    similarity double not null,
    similarity_low double,
    similarity_high double,
    nearest varchar,
    nearest_similarity double not null,
    computed_at timestamp not null
);
