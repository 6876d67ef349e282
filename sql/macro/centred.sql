-- centred(prefix_overlap, total, n_vendors, own): a prefix overlap less the mean over the background's vendors, without the reference's own.
-- total: sum over n_vendors vendors of their prefix overlaps; own: that of the reference's vendor, null where it has none
-- there. Null where no vendor is left.
prefix_overlap - (total - coalesce(own, 0)) / nullif(n_vendors - (own is not null)::int, 0)
