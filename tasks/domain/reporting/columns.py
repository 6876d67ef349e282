"""What the report's tables show: columns of `mart`, each with its heading and what it means."""

_D = "Opening score D: how many words replies share at their start, less the same with the panel's models."

MEASURES = {
    "opening_d": ("opening score D", _D + " 0: no more alike than those are."),
    "bigram_jaccard": ("shared word pairs", "Share of all pairs of neighbouring words that both replies use, 0 to 1."),
    "centred_cos": ("centred cosine", "Likeness of meaning and style, less what every model says to the same prompt."),
    "raw_cos": ("raw cosine", "Likeness of meaning and style; high for all models, as they answer the same prompt."),
    "length_closeness": ("length closeness", "Shorter over longer reply, in words: 1 means equally long."),
    "nearest_share": (
        "nearest share",
        "Share of the target's replies to which, within the prompt, this model's is nearest.",
    ),
}
"""Measures of the heat map: name and explanation."""

BOARD = {
    "position": ("#", "Place in the list: by D with the nearest group of another family."),
    "target": ("target", "The model under test; below it who made it and what is known of its origin."),
    "nearest": ("nearest group", "Candidate teachers, their snapshots taken together, whose replies begin most alike."),
    "opening_d": ("D", _D + " Below it its 95 % interval over prompts, which is no test of chance."),
    "margin": ("margin", "How far D is above the second nearest group's. Near 0: the two can't be told apart."),
    "foreign": ("nearest of another family", "The same among groups that aren't of the target's own family."),
    "foreign_opening_d": ("its D", "D with the nearest group of another family; below it the 95 % interval."),
    "nearest_share": ("nearest share", MEASURES["nearest_share"][1]),
    "centred_cos": ("centred cos", MEASURES["centred_cos"][1]),
    "length_closeness": ("length", MEASURES["length_closeness"][1]),
    "n_prompts": ("prompts", "Prompts that both the target and its nearest snapshot answered."),
    "n_panel": ("panel", "Models of other makers whose mean is subtracted in D; with fewer than 8 there is no null."),
    "n_missing": ("missing", "Requests without a reply. They count nowhere: missing isn't zero."),
    "coverage": ("coverage", "Share of the requests to the target that have a reply."),
}
"""Columns of the leaderboard: heading and explanation."""

BESIDE_SELF = {
    "left_model": ("model", "One of the two models."),
    "right_model": ("other model", "The other one."),
    "opening_share_of_self": (
        "share of self",
        "The pair's shared opening over the models' with themselves; see above. Below it its 95 % interval.",
    ),
    "opening": ("shared opening", "Mean of ln(1 + identical leading words) between the two."),
    "left_self_opening": ("model with itself", "The same between two samples of the first model."),
    "right_self_opening": ("other with itself", "The same between two samples of the other model."),
    "bigram_jaccard": ("word pairs", MEASURES["bigram_jaccard"][1]),
    "bigram_share_of_self": ("their share of self", "The pair's shared word pairs over the models' with themselves."),
    "raw_cos": ("cosine", MEASURES["raw_cos"][1]),
    "n_prompts": ("prompts", "Prompts on which each of the two was sampled more than once."),
}
"""Columns of the pairs beside each model's likeness to itself: heading and explanation."""

COVERAGE = {
    "model": ("model", "The model that was asked."),
    "prompt_set": ("prompt set", "The set that the prompts are from."),
    "n_asked": ("asked", "Requests."),
    "n_missing": ("missing", "Requests without a reply."),
    "missing_reasons": ("why", "Reasons, with how often each."),
    "n_cut": ("cut", "Replies that were cut at the token limit."),
}
"""Columns of what is missing or cut: heading and explanation."""

LIKENESS = (
    *("opening_d", "opening_d_low", "opening_d_high", "opening", "bigram_jaccard", "centred_cos", "raw_cos"),
    *("length_closeness", "nearest_share", "global_nearest_share", "n_prompts", "n_embedded_prompts", "n_panel"),
    *("coverage", "is_same_family"),
)
"""What the page holds of each pair, in this order."""
