-- score.tree_node: one row per kernel, population and node of its average-linkage tree, as last computed.
-- grain: kernel, population, node
-- written by: tasks/similarity/homogeneity.py
-- node 0 is the root. height: 1 - similarity at which the members come together. support: share of draws of prompts that have this group.
create table if not exists score.tree_node (
    kernel varchar not null,
    population varchar not null,
    node integer not null,
    -- parent: Node above it; null for the root.
    parent integer,
    height double not null,
    support double,
    members varchar[] not null,
    computed_at timestamp not null
);
