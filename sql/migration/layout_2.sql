-- The tables of schema version 2 but those that each scoring forms anew: copied from their files.
create table if not exists meta.schema_version (
    version integer not null,
    program_version varchar not null,
    since timestamp not null
);

create table if not exists raw.attacker_call (
    request_id varchar not null,
    search_id varchar not null,
    step integer not null,
    registered_at timestamp not null
);

create table if not exists raw.attribute_claim (
    label_id varchar not null,
    attribute varchar not null,
    value_text varchar,
    vendor varchar,
    is_deviation boolean
);

create table if not exists raw.hypothesis (
    target varchar not null,
    candidate_group varchar not null,
    source varchar not null,
    stated_at timestamp not null
);

create table if not exists raw.judge_call (
    request_id varchar not null,
    reply_id varchar not null,
    judge varchar not null,
    judge_version varchar not null,
    attempt integer not null,
    registered_at timestamp not null
);

create table if not exists raw.judge_label (
    label_id varchar not null,
    reply_id varchar not null,
    judge varchar not null,
    judge_version varchar not null,
    attempt integer not null,
    is_contradiction boolean,
    is_foreign boolean,
    stance varchar,
    claimed_vendor varchar,
    claimed_model varchar,
    is_earnest boolean,
    evidence_text varchar,
    missing_reason varchar,
    judged_at timestamp not null
);

create table if not exists raw.judge_priority (
    judge varchar not null,
    priority integer not null,
    registered_at timestamp not null
);

create table if not exists raw.lineage (
    model varchar not null,
    vendor varchar,
    candidate_group varchar,
    family varchar,
    role varchar,
    learned_from varchar[] not null,
    parent varchar,
    certainty varchar,
    base varchar,
    released varchar,
    source varchar not null,
    loaded_at timestamp not null
);

create table if not exists raw.model (
    model varchar not null,
    fingerprint varchar not null,
    source varchar not null,
    stage varchar,
    weights varchar,
    base_model varchar,
    input_usd double,
    output_usd double,
    card_text varchar not null,
    registered_at timestamp not null
);

create table if not exists raw.pair_judge_call (
    request_id varchar not null,
    target_reply_id varchar not null,
    reference_reply_id varchar not null,
    judge varchar not null,
    judge_version varchar not null,
    is_target_first boolean not null,
    attempt integer not null,
    n_truncated_chars bigint not null,
    registered_at timestamp not null
);

create table if not exists raw.pair_label (
    label_id varchar not null,
    target_reply_id varchar not null,
    reference_reply_id varchar not null,
    judge varchar not null,
    judge_version varchar not null,
    is_target_first boolean,
    attempt integer not null,
    style_grade double,
    structure_grade double,
    content_grade double,
    n_truncated_chars bigint not null,
    note_text varchar,
    missing_reason varchar,
    judged_at timestamp not null,
    check ((style_grade is null) = (missing_reason is not null))
);

create table if not exists raw.probe (
    request_id varchar not null,
    mode varchar not null,
    template_id varchar not null,
    question_id varchar not null,
    is_leading boolean not null,
    registered_at timestamp not null,
    template_set varchar
);

create table if not exists raw.prompt (
    prompt_id varchar not null,
    prompt_set varchar not null,
    prompt_key varchar not null,
    language varchar,
    category varchar,
    messages_text varchar not null,
    prompt_text varchar not null,
    asks varchar[] not null,
    same_as varchar,
    answer_text varchar,
    registered_at timestamp not null
);

create table if not exists raw.reply (
    reply_id varchar not null,
    request_id varchar not null,
    reply_text varchar using compression zstd,
    missing_reason varchar,
    error_text varchar,
    finish_reason varchar,
    prompt_tokens bigint,
    completion_tokens bigint,
    latency_ms double,
    n_attempts integer not null,
    replied_at timestamp not null,
    source varchar not null,
    cost_usd double,
    cost_source varchar,
    check ((reply_text is null) = (missing_reason is not null))
);

create table if not exists raw.request (
    request_id varchar not null,
    model varchar not null,
    fingerprint varchar not null,
    prompt_id varchar not null,
    sample integer not null,
    round varchar not null,
    sampling_text varchar not null,
    requested_at timestamp not null,
    purpose varchar not null check (purpose in ('reply', 'identity', 'judge', 'grade', 'mutation'))
);

create table if not exists raw.run (
    run_id varchar not null,
    event varchar not null,
    plan varchar not null,
    round varchar not null,
    recipe_id varchar not null,
    plan_text varchar not null,
    version varchar not null,
    happened_at timestamp not null
);

create table if not exists raw.run_model (
    run_id varchar not null,
    model varchar not null
);

create table if not exists raw.sampled_pair (
    target varchar not null,
    reference varchar not null,
    prompt_id varchar not null,
    judge varchar not null,
    sampled_at timestamp not null
);

create table if not exists raw.search (
    search_id varchar not null,
    target varchar not null,
    fingerprint varchar not null,
    round varchar not null,
    template_set varchar not null,
    seed_template_ids varchar[] not null,
    question_ids varchar[] not null,
    judge varchar not null,
    judge_version varchar not null,
    score varchar not null,
    recipe_text varchar not null,
    budget_text varchar not null,
    started_at timestamp not null
);

create table if not exists raw.search_step (
    search_id varchar not null,
    target varchar not null,
    step integer not null,
    path varchar[] not null,
    probability double not null,
    parents varchar[] not null,
    operator varchar not null,
    template_id varchar,
    template_text varchar,
    refused_reason varchar,
    n_attacker_calls integer not null,
    n_calls integer not null,
    n_judged integer not null,
    n_success integer not null,
    n_judge_calls integer not null,
    happened_at timestamp not null
);

create table if not exists raw.skipped_file (
    file varchar not null,
    problem_text varchar not null,
    source varchar not null,
    skipped_at timestamp not null
);

create table if not exists raw.template (
    template_id varchar not null,
    template_set varchar not null,
    template_key varchar not null,
    language varchar,
    kind varchar,
    template_text varchar not null,
    is_leading boolean not null,
    registered_at timestamp not null
);

create table if not exists score.drift (
    target varchar not null,
    round varchar not null,
    earlier_round varchar,
    preceding_round varchar not null,
    measure varchar not null,
    reference varchar,
    value_before double,
    value_after double,
    change double,
    low double,
    high double,
    p double,
    p_holm double,
    n bigint not null,
    is_recipe_changed boolean not null,
    is_card_changed boolean not null,
    missing_reason varchar,
    computed_at timestamp not null
);

create table if not exists score.embedding (
    embedder varchar not null,
    text_id varchar not null,
    vector float[] not null
);

create table if not exists score.index_weight (
    part varchar not null,
    weight double not null,
    index_version varchar not null
);

create table if not exists score.text_shape (
    text_id varchar not null,
    n_words bigint not null,
    leading_words varchar[] not null
);
