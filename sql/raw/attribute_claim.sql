-- raw.attribute_claim: one row per attribute of identity that a judge found stated in a reply.
-- grain: label_id, attribute
-- is_deviation is null where the target's card has no fact to hold it against.
create table if not exists raw.attribute_claim (
    label_id varchar not null,
    attribute varchar not null,
    value_text varchar,
    -- vendor: Vendor that the stated value points to; other where the lexicon lacks it.
    vendor varchar,
    is_deviation boolean
);
