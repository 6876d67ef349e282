-- hard(is_foreign, is_leading): a foreign claim though neither template nor question had named anybody; null without a label.
if(is_foreign, not is_leading, is_foreign)
