-- score.verdict: one row per target and candidate group, as last computed; read mart.verdict.
-- grain: target, candidate_group
-- written by: tasks/similarity/verdict.py
create table if not exists score.verdict (
    target varchar not null,
    candidate_group varchar not null,
    -- reference: The group's snapshot that the target is nearest to.
    reference varchar not null,
    -- kind: Which family of hypotheses: documented or undocumented candidates, kin, asked beforehand, or ruled out.
    kind varchar not null,
    is_kin boolean not null,
    is_hypothesis boolean not null,
    statistic varchar not null,
    statistic_version varchar not null,
    -- score: The statistic, of the group's nearest snapshot: higher is more alike.
    score double not null,
    score_low double,
    score_high double,
    null_mean double,
    null_sd double,
    z double,
    p_t double,
    n_candidates bigint not null,
    p_candidate double,
    p_target double,
    -- p_holm: p_target after Holm's adjustment over targets: the chance of any false call in the run.
    p_holm double,
    -- q: p_target as Benjamini and Hochberg adjust it over targets: the share of false calls among calls this sure.
    q double,
    p_at_length double,
    sibling_kind varchar,
    n_siblings bigint,
    sibling_t double,
    sibling_p double,
    weights_p double,
    weights_q double,
    prefix_overlap_d double,
    -- low: Lower end of D's 95 % interval over prompts; says nothing of chance, p_t does.
    low double,
    -- high: Upper end of D's 95 % interval over prompts; says nothing of chance, p_t does.
    high double,
    prefix_overlap_null_mean double,
    degree double,
    degree_low double,
    degree_high double,
    ceiling_d double,
    ceiling_kind varchar,
    embedding double,
    embedding_z double,
    embedding_p double,
    is_source boolean not null,
    expected_by varchar,
    resembling_controls varchar[] not null,
    p_target_without double,
    verdict_without varchar,
    length_closeness double,
    n_prompts bigint not null,
    n_controls bigint not null,
    n_control_families bigint not null,
    rank bigint not null,
    verdict varchar not null,
    computed_at timestamp not null
);
