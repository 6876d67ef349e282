-- audit.vector_not_unit: one row per stored vector whose length is not 1.
-- grain: embedder, text_id
-- level: fail
select embedder, text_id, sqrt(list_inner_product(vector, vector)) as length
from score.embedding
where abs(list_inner_product(vector, vector) - 1) > 1e-3
