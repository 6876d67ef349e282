-- score.neighbour: one row per reply and near reply of another model, as last computed from the indices.
-- grain: neighbour_kind, reply_id, rank
-- written by: tasks/similarity/neighbours.py
create table if not exists score.neighbour (
    neighbour_kind varchar not null,
    embedder varchar not null,
    reply_id varchar not null,
    neighbour_reply_id varchar not null,
    -- rank: 1 for the nearest.
    rank integer not null,
    cos float not null
);
