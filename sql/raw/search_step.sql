-- raw.search_step: one row per step of a search: which template was mutated, into what, and what came of asking it.
-- grain: search_id, step
-- path: from a seed to the mutated template, chosen with that probability; parents: what went into the mutation.
-- refused_reason: why the target was not asked. n_judged of n_calls have a label, n_success of them a success.
-- n_judge_calls: those to a judge's model about these replies.
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
