-- raw.judge_label: one row per judge's label of an identity reply, or the reason why there is none.
-- grain: label_id
-- is_contradiction: the reply contradicts the facts (loose). is_foreign: it claims another vendor (strict). A judge that
-- does not ask for one of them leaves it null; attempt counts from 0. judge_version: of a judge that asks a model, also
-- which model and how: another model's labels are another version.
create table if not exists raw.judge_label (
    label_id varchar not null,
    reply_id varchar not null,
    judge varchar not null,
    judge_version varchar not null,
    attempt integer not null,
    is_contradiction boolean,
    is_foreign boolean,
    stance varchar,
    -- claimed_vendor: Vendor that the speaker claims; other where the lexicon lacks it, null where nobody is claimed.
    claimed_vendor varchar,
    claimed_model varchar,
    is_earnest boolean,
    evidence_text varchar,
    missing_reason varchar,
    judged_at timestamp not null
);
