-- Prompts that may have another id by their normal text: blanks at an end of a text or line, other line ends, marks apart from their letters.
select distinct prompt_id, messages_text
from raw.prompt
where
    nfc_normalize(messages_text) <> messages_text
    or regexp_matches(messages_text, '\\r|\\u00|(\\t|[\s\p{Z}])\\n|(\\[nt]|[\s\p{Z}])"\}|"content": "(\\[nt]|[\s\p{Z}])')
