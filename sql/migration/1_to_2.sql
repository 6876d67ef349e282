-- Version 1 (0.1.0, and what was written before versions were told) -> version 2.
-- `old` is the warehouse as it was, read-only; the tables that are filled are new and empty (layout_2.sql).
-- Not taken over is what the next scoring forms again: scores of pairs, verdicts, neighbours, populations, drawn trials,
-- references, shapes of texts, and, out of the readings and grades here, identity scores and grades of targets.
-- `union all by name` supplies columns that not every warehouse of version 1 has.

insert into raw.run (run_id, event, plan, round, recipe_id, plan_text, version, happened_at)
select run_id, event, plan, round, recipe_id, plan_text, version, happened_at
from old.raw.run
-- Version 0.1.0 wrote a further row at each restart.
qualify row_number() over (partition by run_id, event order by happened_at) = 1;

insert into raw.run_model (run_id, model)
select run_id, model
from old.raw.run_model;

insert into raw.model (
    model, fingerprint, source, stage, weights, base_model, input_usd, output_usd, card_text, registered_at
)
select
    model, fingerprint, source, stage, weights, base_model, input_usd, output_usd, card_text, registered_at
from old.raw.model;

-- Version 0.1.0 knew neither base nor date of release.
insert into raw.lineage (
    model, vendor, candidate_group, family, role, learned_from, parent, certainty, base, released, source, loaded_at
)
select
    model, vendor, candidate_group, family, role, learned_from, parent, certainty, base, released, source, loaded_at
from (select null::varchar as base, null::varchar as released where false union all by name from old.raw.lineage);

insert into raw.hypothesis (target, candidate_group, source, stated_at)
select target, candidate_group, source, asked_at
from old.raw.question;

insert into raw.prompt (
    prompt_id, prompt_set, prompt_key, language, category, messages_text, prompt_text, asks, same_as, answer_text,
    registered_at
)
select
    prompt_id, prompt_set, prompt_key, language, category, messages_text, prompt_text, asks, same_as, answer_text,
    registered_at
from old.raw.prompt
-- The same prompt of a set may stand under several keys: the first counts.
qualify row_number() over (partition by prompt_set, prompt_id order by registered_at, prompt_key) = 1;

insert into raw.template (
    template_id, template_set, template_key, language, kind, template_text, is_leading, registered_at
)
select
    template_id, template_set, template_key, language, kind, template_text, is_leading, registered_at
from old.raw.template;

-- What a call is for was known from where else it stands.
insert into raw.request (request_id, model, fingerprint, prompt_id, sample, round, sampling_text, requested_at, purpose)
select
    request_id,
    model,
    fingerprint,
    prompt_id,
    sample,
    round,
    sampling_text,
    wanted_at,
    case
        when request_id in (select request_id from old.raw.helper_call) then 'mutation'
        when request_id in (select request_id from old.raw.pair_judging) then 'grade'
        when request_id in (select request_id from old.raw.judging) then 'judge'
        when request_id in (select request_id from old.raw.trial) then 'identity'
        else 'reply'
    end as purpose
from old.raw.request;

insert into raw.reply (
    reply_id, request_id, reply_text, missing_reason, error_text, finish_reason, prompt_tokens, completion_tokens,
    latency_ms, n_attempts, replied_at, source
)
select
    reply_id, request_id, reply_text, missing_reason, error_text, finish_reason, prompt_tokens, completion_tokens,
    latency_ms, n_attempts, replied_at, source
from old.raw.reply;

-- Before a trial told its template set; the next run of the same plan adds the trials with it.
insert into raw.probe (request_id, mode, template_id, question_id, is_leading, registered_at, template_set)
select request_id, mode, template_id, question_id, is_leading, registered_at, template_set
from (select null::varchar as template_set where false union all by name from old.raw.trial);

insert into raw.judge_label (
    label_id, reply_id, judge, judge_version, attempt, is_contradiction, is_foreign, stance, claimed_vendor,
    claimed_model, is_earnest, evidence_text, missing_reason, judged_at
)
select
    verdict_id, reply_id, judge, judge_version, attempt, is_contradiction, is_foreign, stance, claimed_vendor,
    claimed_model, is_earnest, evidence_text,
    replace(missing_reason, 'off_menu', 'invalid_choice'), judged_at
from old.raw.verdict;

-- Version 0.1.0 left claims behind when it pruned the readings that made them, and then refused to publish.
insert into raw.attribute_claim (label_id, attribute, value_text, vendor, is_deviation)
select verdict_id, attribute, value_text, vendor, is_deviation
from old.raw.attribute_claim
where verdict_id in (select verdict_id from old.raw.verdict);

insert into raw.judge_call (request_id, reply_id, judge, judge_version, attempt, registered_at)
select request_id, reply_id, judge, judge_version, attempt, registered_at
from old.raw.judging;

-- Version 0.1.0 kept the order of judges only as a rank beside each score: 100 more than the judge's place where it had read
-- no probe of that target for foreign claims. Judges without a score come behind, in the order that holds where no plan
-- names any; that order holds alone where nothing was scored.
insert into raw.judge_priority (judge, priority, registered_at)
with place as (
    select judge, min(judge_rank % 100) as place
    from old.raw.identity_score
    group by judge
    union all
    select judge, place
    from (values ('published', 100), ('llm_claim', 101), ('text_claim', 102)) as preferred (judge, place)
)
select
    judge,
    row_number() over (order by min(place), judge) - 1,
    coalesce(
        (select max(computed_at) from old.raw.identity_score), (select max(judged_at) from old.raw.verdict)
    ) as registered_at
from place
where exists (select 1 from old.raw.verdict)
group by judge;

insert into raw.search (
    search_id, target, fingerprint, round, template_set, seed_template_ids, question_ids, judge, judge_version, score,
    recipe_text, budget_text, started_at
)
select
    search_id, target, fingerprint, round, template_set, seed_template_ids, question_ids, judge, judge_version, score,
    recipe_text, budget_text, started_at
from old.raw.search;

-- Before judges of a search could ask a model; none of its steps made such a call.
insert into raw.search_step (
    search_id, target, step, path, probability, parents, operator, template_id, template_text, refused_reason,
    n_attacker_calls, n_calls, n_judged, n_success, n_judge_calls, happened_at
)
select
    search_id, target, step, path, probability, parents, operator, template_id, template_text, refused_reason,
    n_helper_calls, n_calls, n_judged, n_success, coalesce(n_judge_calls, 0), happened_at
from (select null::integer as n_judge_calls where false union all by name from old.raw.search_step);

insert into raw.attacker_call (request_id, search_id, step, registered_at)
select request_id, search_id, step, registered_at
from old.raw.helper_call;

insert into raw.sampled_pair (target, reference, prompt_id, judge, sampled_at)
select target, reference, prompt_id, replace(judge, 'text_likeness', 'text_similarity'), chosen_at
from old.raw.chosen_pair;

insert into raw.pair_judge_call (
    request_id, target_reply_id, reference_reply_id, judge, judge_version, is_target_first, attempt, n_truncated_chars,
    registered_at
)
select
    request_id, target_reply_id, reference_reply_id, judge, judge_version, is_target_first, attempt, n_cut_characters,
    registered_at
from old.raw.pair_judging;

insert into raw.pair_label (
    label_id, target_reply_id, reference_reply_id, judge, judge_version, is_target_first, attempt, style_grade,
    structure_grade, content_grade, n_truncated_chars, note_text, missing_reason, judged_at
)
select
    verdict_id, target_reply_id, reference_reply_id,
    replace(judge, 'text_likeness', 'text_similarity'), judge_version, is_target_first, attempt, style_grade,
    structure_grade, content_grade, n_cut_characters, note_text,
    replace(missing_reason, 'off_menu', 'invalid_choice'), judged_at
from old.raw.pair_verdict;

-- Formed at a scoring, but of rounds whose replies may have been pruned since.
insert into score.drift (
    target, round, earlier_round, preceding_round, measure, reference, value_before, value_after, change, low, high, p,
    p_holm, n, is_recipe_changed, is_card_changed, missing_reason, computed_at
)
select
    target, round, earlier_round, preceding_round,
    replace(replace(measure, 'opening_d', 'prefix_overlap_d'), 'own_opening', 'own_prefix_overlap'), reference, value_before, value_after, change, low, high, p,
    p_holm, n, is_recipe_changed, is_card_changed, missing_reason, computed_at
from old.raw.drift;

-- As a plan set them: a scoring without a plan leaves them as they are.
insert into score.index_weight (part, weight, index_version)
select replace(part, 'similarity', 'rse'), weight, index_version
from old.raw.index_weight;

-- Could be formed again, for minutes or hours of a processor's time.
insert into score.embedding (embedder, text_id, vector)
select embedder, text_id, vector
from old.raw.embedding;
