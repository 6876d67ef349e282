"""Columns of the report's tables, from `mart`, each with heading and meaning."""

Columns = dict[str, tuple[str, str]]

_D = "Prefix overlap score D: how many words replies share at their start, less the same with other vendors' models."

MEASURES: Columns = {
    "z": (
        "score z, in unrelated models' deviations",
        "The verdict's score of the two alone, against what unrelated models have with the same candidate: 0 is as "
        "alike as they are, 3 beyond almost all of them. A verdict also corrects for all that was looked at.",
    ),
    "prefix_overlap_d": ("prefix overlap score D", _D + " 0: no more alike than those are."),
    "bigram_jaccard": ("shared word pairs", "Share of all pairs of neighbouring words that both replies use, 0 to 1."),
    "centred_cos": (
        "centred cosine",
        "Similarity of meaning and style, less what every model says to the same prompt.",
    ),
    "raw_cos": ("raw cosine", "Similarity of meaning and style; high for all models, as they answer the same prompt."),
    "length_closeness": ("length closeness", "Shorter over longer reply, in words: 1 means equally long."),
    "nearest_share": (
        "nearest share",
        "Share of the target's replies to which, within the prompt, this model's is nearest.",
    ),
}
"""Measures of the heat map: name and explanation."""

BOARD: Columns = {
    "target": ("target", "The model under test; below it who made it and what is documented of its origin."),
    "verdict": (
        "verdict",
        "Whether it shares lineage with models of another vendor, and how sure that is; below it whether documents or "
        "names let one expect that.",
    ),
    "nearest": (
        "nearest of another vendor",
        "The candidate teacher of another vendor that the verdict is about, and its nearest snapshot.",
    ),
    "degree": (
        "degree",
        "By D: 0 as unrelated models, 1 as the same model, 1+ beyond what it is normalised by. Below it its 95 % "
        "interval and what it is normalised by. An ordering, no share of training data.",
    ),
    "p": (
        "p",
        "Chance that any of the vendors tested looks so near where the target learned from none of them, if it alone "
        "had been asked about. Below it corrected over all targets: q, the expected share of false ones among all "
        "findings this sure, and Holm's p, the chance of even one false finding.",
    ),
    "score": (
        "score",
        "The statistic that p is of, named and with its version above the table; below it the same in standard "
        "deviations of unrelated models.",
    ),
    "prefix_overlap_d": ("D", _D + " Below it its 95 % interval over prompts, which is no test of chance."),
    "next": ("next nearest", "The second and third nearest groups of other vendors, each with its D."),
    "own": (
        "nearest of its own vendor",
        "The nearest group of its own vendor or family, tested apart; its verdict below.",
    ),
    "probes": (
        "probes",
        "Of which identity probes the next three are: bank, the same for all targets; published, recorded elsewhere. "
        "Shares of different probes don't compare; those of a search stand with the identity scores alone.",
    ),
    "loose": ("loose", "Share of identity probes whose reply contradicts the target's facts in any way."),
    "strict": ("strict", "Share in which it claims to be, or to come from, another vendor's model."),
    "hard": ("hard (ICE)", "Share that is strict although neither template nor question named anybody."),
    "grade": ("RSE", "Similarity to its nearest reference as a judge grades it, 1 to 5."),
    "index": (
        "index",
        "One figure from 0 to 100 of degree, hard and RSE; of convenience, the verdict is what is sure.",
    ),
    "contribution": (
        "adds",
        "What it adds to the number of distinct models: about 0 for a copy, 1 for one like no other.",
    ),
    "length_closeness": ("length", MEASURES["length_closeness"][1] + " With the nearest."),
    "n_prompts": ("prompts", "Prompts that both it and its nearest answered; of a target of identity probes, none."),
    "n_missing": (
        "missing",
        "Requests without a reply; of a target of probes alone, probes without a label. Missing isn't zero.",
    ),
    "coverage": ("coverage", "Share of the requests to the target that have a reply."),
}
"""Columns of the leaderboard."""

BOARD_FIRST = ("target", "verdict", "nearest", "degree", "p", "hard")
"""Its columns that are shown at first; the others wait behind a button."""

BESIDE_SELF: Columns = {
    "left_model": ("model", "One of the two models."),
    "right_model": ("other model", "The other one."),
    "equality": (
        "are they one",
        "Whether the two are one model, by a permutation test of their samples at .05 over all tested: same model, "
        "where a distance of .25 is excluded; nearly the same, a difference below that; another model; not conclusive.",
    ),
    "p_equality_holm": ("p", "Chance of such a distance where the two are one model, corrected over the pairs tested."),
    "distance": (
        "distance",
        "By how much their replies are less alike than two samples of one model, as a share of the latter: 0 as one "
        "model, 1 nothing in common.",
    ),
    "distance_high": ("at most", "Upper confidence bound of the distance, one-sided at .95."),
    "detectable_distance": (
        "findable",
        "Distance that so many prompts and samples would have found with probability .8.",
    ),
    "prefix_overlap_self_normalised": (
        "share of self",
        "The pair's prefix overlap over the models' with themselves; see above. Below it its 95 % interval.",
    ),
    "prefix_overlap": ("prefix overlap", "Mean of ln(1 + identical leading words) between the two."),
    "left_self_prefix_overlap": ("model with itself", "The same between two samples of the first model."),
    "right_self_prefix_overlap": ("other with itself", "The same between two samples of the other model."),
    "bigram_jaccard": ("word pairs", MEASURES["bigram_jaccard"][1]),
    "bigram_jaccard_self_normalised": (
        "their share of self",
        "The pair's shared word pairs over the models' with themselves.",
    ),
    "raw_cos": ("cosine", MEASURES["raw_cos"][1]),
    "n_prompts": ("prompts", "Prompts on which each of the two was sampled more than once."),
}
"""Columns of pairs with each model's similarity to itself."""

COVERAGE: Columns = {
    "model": ("model", "The model that was asked."),
    "prompt_set": ("prompt set", "The set that the prompts are from."),
    "n_requests": ("asked", "Requests."),
    "n_missing": ("missing", "Requests without a reply."),
    "missing_reasons": ("why", "Reasons, with how often each."),
    "n_truncated": ("cut", "Replies that were cut at the token limit."),
}
"""Columns of missing and truncated replies."""

HOMOGENEITY: Columns = {
    "kernel": ("by", "What similarity is taken from: how replies begin, or their word pairs."),
    "population": ("population", "All models, one voice a family, the references, or all others."),
    "n_members": ("members", "Models, or families, in it."),
    "vendi": ("distinct", "The effective number of distinct members (Vendi score); below it its 95 % interval."),
    "vendi_of_one_model": ("if all were one model", "What as many samples of one and the same model come to."),
    "mean_similarity": ("mean similarity", "Mean similarity of two members, 0 to 1."),
    "least_own": ("adds least", "The member without which the number falls least."),
    "most_own": ("adds most", "The member without which it falls most."),
    "n_prompts": ("prompts", "Prompts in it."),
}
"""Columns of the number of distinct models."""

SCORES: Columns = {
    "target": ("target", "The model that was asked who it is; leads to its leaks."),
    "loose": ("loose", BOARD["loose"][1]),
    "strict": ("strict", BOARD["strict"][1]),
    "hard": ("hard (ICE)", BOARD["hard"][1]),
    "mode": ("mode", "bank: the same questions for all; published: recorded elsewhere; search: its own templates."),
    "judge": ("judge", "Whose readings count."),
    "bounds": ("strict, if missing were", "Strict if all missing probes were negative, and if all were positive."),
    "n": ("probes", "Probes with a reading."),
    "n_missing": ("missing", "Probes without a reply or without a reading; outside every share."),
    "n_effective": ("effective n", "Independent probes that would tell as much: replies under one template resemble."),
    "n_templates": ("templates", "Templates that the questions came in."),
}
"""Columns of identity scores."""

DRIFT: Columns = {
    "target": ("target", "The model that was asked again."),
    "round": ("round", "The period in which it was asked again."),
    "earlier_round": ("compared with", "The last earlier round of the same recipe."),
    "measure": ("measure", "reply_text, reply_vector: are the replies of another kind? The others are scores."),
    "change": ("change", "Value now less value then, or energy distance of the replies; below it its 95 % interval."),
    "value_before": ("then", "The value in the earlier round."),
    "value_after": ("now", "The value in this round."),
    "p_holm": ("p, Holm", "Chance of such a change where nothing changed, over all targets and measures of the round."),
    "is_alarm": ("alarm", "Whether that is at most .05."),
    "n": ("questions", "Questions that both rounds answered."),
    "is_recipe_changed": (
        "recipe changed",
        "Whether the round before it had another recipe, so that it does not compare.",
    ),
    "is_card_changed": ("card changed", "Whether the model's card was another one."),
    "missing_reason": ("why none", "Why there is no change to tell."),
}
"""Columns of changes between rounds."""

AGREEMENT: Columns = {
    "left_judge": ("judge", "One of two judges that read the same replies."),
    "right_judge": ("other judge", "The other one."),
    "mode": ("mode", SCORES["mode"][1]),
    "target": ("target", "Whose replies; all: pooled."),
    "score": ("score", "What they read for."),
    "kappa": ("kappa", "Cohen's kappa, 1: always alike, 0: as chance would have it; below it its 95 % interval."),
    "agreement": ("agreement", "Share of replies on which they say the same."),
    "left_rate": ("its rate", "Share that the first judge calls positive."),
    "right_rate": ("other's rate", "Share that the other judge calls positive."),
    "n": ("replies", "Replies that both read."),
    "n_missing": ("missing", "Replies that one of them could not read."),
    "missing_reason": ("why none", "Why there is no kappa."),
}
"""Columns of the agreement of judges."""

POSITION: Columns = {
    "judge": ("judge", "The judge that grades similarity."),
    "difference": (
        "difference",
        "Mean grade with the target first less that with the reference first; 95 % interval below.",
    ),
    "inconsistency_rate": ("differing", "Share of pairs whose grade differs between the two orders."),
    "n": ("pairs", "Pairs read in both orders."),
    "n_missing": ("missing", "Pairs without a label in one of them."),
    "missing_reason": ("why none", "Why there is no figure."),
}
"""Columns of the judges' position bias."""

READ: Columns = {
    "target": ("target", "Whose probes."),
    "mode": ("mode", SCORES["mode"][1]),
    "judge": ("judge", "Whose readings count."),
    "n_probes": ("probes", "Probes that were sent."),
    "n_missing": ("no reply", "Probes without a reply."),
    "missing_reasons": ("why", "Reasons, with how often each."),
    "n_read": ("read", "Replies that the judge has a reading of."),
    "unread_reasons": ("why not", "Why it has none of the others."),
}
"""Columns of labelled and unlabelled probes."""

SPEND: Columns = {
    "model": ("model", "The model that was called."),
    "purpose": ("for", "What its calls were for."),
    "round": ("round", "The period of evaluation."),
    "n_calls": ("calls", "Calls that ended, with a reply or without."),
    "n_failed": ("failed", "Calls that ended without a reply."),
    "n_attempts": ("attempts", "Attempts that it took."),
    "prompt_tokens": ("tokens in", "Tokens of the prompts, as the server counts them."),
    "completion_tokens": ("tokens out", "Tokens of the replies."),
    "seconds": ("seconds", "Sum of the calls' own times; they run side by side."),
    "cost_usd": ("US dollars", "By the card's price; a dash where the card has none."),
}
"""Columns of costs and times."""

SIMILARITY = (
    *(
        "z",
        "prefix_overlap_d",
        "prefix_overlap_d_low",
        "prefix_overlap_d_high",
        "prefix_overlap",
        "bigram_jaccard",
        "centred_cos",
        "raw_cos",
    ),
    *("length_closeness", "nearest_share", "global_nearest_share", "n_prompts", "n_embedded_prompts", "n_background"),
    *("coverage", "is_same_family"),
)
"""Values of each pair on the page, in this order."""

VERDICT = (
    *("verdict", "kind", "candidate_vendor", "degree", "degree_low", "degree_high", "p_t", "p_target", "p_holm", "q"),
    *("n_candidates", "score", "score_low", "score_high", "null_mean", "z", "prefix_overlap_null_mean", "ceiling_d"),
    *("ceiling_kind", "n_controls", "n_control_families", "is_kin", "is_source", "place", "hard_claims", "hard_probes"),
    *("sibling_p", "n_siblings", "weights_p", "embedding_p", "p_at_length"),
    *("base", "over_base", "over_base_low", "over_base_high"),
)
"""Values of each verdict on the page, in this order."""

LEAK = (
    *("template_key", "kind", "language", "is_leading", "is_foreign", "is_hard", "is_earnest", "mode", "judge"),
    *("claimed_vendor", "claimed_model", "evidence_text", "question_text", "request_id", "reply_id"),
)
"""Values of each leak on the page, besides prompt and reply, in this order."""
