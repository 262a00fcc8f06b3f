//! Functions of text, regular expressions, JSON, URLs and bytes.

use super::{Function, scalar};

/// Text.
pub(super) const TEXTS: &[Function] = &[
    scalar("char2hexint", "char2hexint(string) → varchar", "The UTF-16 code units as hexadecimal digits."),
    scalar("char_length", "char_length(string) → bigint", "How many characters it has."),
    scalar("character_length", "character_length(string) → bigint", "How many characters it has."),
    scalar("chr", "chr(n) → varchar", "The character of this code point."),
    scalar("codepoint", "codepoint(string) → integer", "The code point of the only character."),
    scalar("concat", "concat(value, ...) → same as values", "Texts or arrays put together; NULL if any is NULL."),
    scalar(
        "concat_ws",
        "concat_ws(separator, string, ... or array(varchar)) → varchar",
        "Texts joined by a separator; NULLs are left out.",
    ),
    scalar("ends_with", "ends_with(string, end) → boolean", "Whether the text ends like this."),
    scalar("format", "format(format, value, ...) → varchar", "Values put into a format as in Java: %d, %.2f, %s."),
    scalar("hamming_distance", "hamming_distance(string, string) → bigint", "At how many places two texts of one length differ."),
    scalar("index", "index(string, part) → bigint", "Where the part begins, from 1; 0 if it is not there."),
    scalar("length", "length(string) → bigint", "How many characters it has."),
    scalar("levenshtein_distance", "levenshtein_distance(string, string) → bigint", "How many edits turn one text into the other."),
    scalar("lower", "lower(string) → varchar", "The text in lower case."),
    scalar("lpad", "lpad(string, size, pad) → varchar", "The text padded on the left, or cut, to this size."),
    scalar("ltrim", "ltrim(string [, characters]) → varchar", "The text without white space, or these characters, at its start."),
    scalar("luhn_check", "luhn_check(string) → boolean", "Whether the digits pass the Luhn test."),
    scalar("normalize", "normalize(string [, form]) → varchar", "The text in a normal form of Unicode: NFC, NFD, NFKC or NFKD."),
    scalar("position", "position(part IN string) → bigint", "Where the part begins, from 1; 0 if it is not there."),
    scalar("replace", "replace(string, search [, replacement]) → varchar", "Every occurrence replaced, or removed."),
    scalar("reverse", "reverse(value) → same as value", "The text or array backwards."),
    scalar("rpad", "rpad(string, size, pad) → varchar", "The text padded on the right, or cut, to this size."),
    scalar("rtrim", "rtrim(string [, characters]) → varchar", "The text without white space, or these characters, at its end."),
    scalar("soundex", "soundex(string) → varchar", "A code for how an English word sounds."),
    scalar("split", "split(string, delimiter [, limit]) → array(varchar)", "The pieces between the delimiters."),
    scalar("split_part", "split_part(string, delimiter, index) → varchar", "The piece of this number, from 1; NULL past the end."),
    scalar(
        "split_to_map",
        "split_to_map(string, entry_delimiter, key_delimiter) → map(varchar, varchar)",
        "The key and value pairs of a text.",
    ),
    scalar("starts_with", "starts_with(string, start) → boolean", "Whether the text starts like this."),
    scalar("strpos", "strpos(string, part [, instance]) → bigint", "Where the part begins, from 1; 0 if it is not there."),
    scalar("substr", "substr(string, start [, length]) → varchar", "A part of the text; a negative start counts from the end."),
    scalar("substring", "substring(string, start [, length]) → varchar", "A part of the text; a negative start counts from the end."),
    scalar("translate", "translate(string, from, to) → varchar", "Characters replaced one for one."),
    scalar("trim", "trim(string [, characters]) → varchar", "The text without white space, or these characters, at both ends."),
    scalar("upper", "upper(string) → varchar", "The text in upper case."),
    scalar(
        "word_stem",
        "word_stem(word [, language]) → varchar",
        "The stem of a word: in English, or in the language of a code such as de.",
    ),
];

/// Regular expressions, as Java has them.
pub(super) const PATTERNS: &[Function] = &[
    scalar("regexp_count", "regexp_count(string, pattern) → bigint", "How often the pattern matches."),
    scalar(
        "regexp_extract",
        "regexp_extract(string, pattern [, group]) → varchar",
        "The first match, or a group of it; NULL if there is none.",
    ),
    scalar("regexp_extract_all", "regexp_extract_all(string, pattern [, group]) → array(varchar)", "All matches, or a group of each."),
    scalar("regexp_like", "regexp_like(string, pattern) → boolean", "Whether the pattern matches somewhere in the text."),
    scalar(
        "regexp_position",
        "regexp_position(string, pattern [, start [, occurrence]]) → integer",
        "Where the pattern matches; -1 if it does not.",
    ),
    scalar(
        "regexp_replace",
        "regexp_replace(string, pattern [, replacement or groups -> varchar]) → varchar",
        "All matches replaced; $1 stands for a group.",
    ),
    scalar("regexp_split", "regexp_split(string, pattern) → array(varchar)", "The pieces between the matches."),
];

/// JSON.
pub(super) const JSON: &[Function] = &[
    scalar("is_json_scalar", "is_json_scalar(json) → boolean", "Whether the JSON is a number, text, true, false or null."),
    scalar(
        "json_array",
        "json_array(value, … [NULL ON NULL]) → varchar",
        "An array as JSON text; NULLs are left out unless NULL ON NULL is said.",
    ),
    scalar("json_array_contains", "json_array_contains(json, value) → boolean", "Whether the JSON array has the value."),
    scalar("json_array_get", "json_array_get(json, index) → json", "The element of the JSON array at this index, from 0."),
    scalar("json_array_length", "json_array_length(json) → bigint", "How many elements the JSON array has."),
    scalar(
        "json_exists",
        "json_exists(json, path [PASSING value AS name] [TRUE | FALSE | UNKNOWN | ERROR ON ERROR]) → boolean",
        "Whether a SQL/JSON path such as lax $.a[*]?(@ > 2) leads to anything.",
    ),
    scalar("json_extract", "json_extract(json, path) → json", "The JSON at a path such as $.store.book[0]."),
    scalar("json_extract_scalar", "json_extract_scalar(json, path) → varchar", "The number, text or boolean at a path, as text."),
    scalar("json_format", "json_format(json) → varchar", "The JSON as text."),
    scalar(
        "json_object",
        "json_object(key : value, … [ABSENT ON NULL] [WITH UNIQUE KEYS]) → varchar",
        "An object as JSON text; KEY key VALUE value says the same.",
    ),
    scalar("json_parse", "json_parse(string) → json", "The text read as JSON."),
    scalar(
        "json_query",
        "json_query(json, path [WITH ARRAY WRAPPER] [OMIT QUOTES] [EMPTY ARRAY ON EMPTY]) → varchar",
        "The JSON text that a SQL/JSON path leads to.",
    ),
    scalar("json_size", "json_size(json, path) → bigint", "How many members the object or array at a path has."),
    scalar(
        "json_value",
        "json_value(json, path [RETURNING type] [DEFAULT value ON EMPTY] [DEFAULT value ON ERROR]) → varchar",
        "The number, text or boolean that a SQL/JSON path leads to, in the type after RETURNING.",
    ),
];

/// Bytes.
pub(super) const BYTES: &[Function] = &[
    scalar("crc32", "crc32(binary) → bigint", "The CRC-32 checksum."),
    scalar("from_base32", "from_base32(string) → varbinary", "The bytes that the base32 text stands for."),
    scalar("from_base64", "from_base64(string) → varbinary", "The bytes that the base64 text stands for."),
    scalar("from_base64url", "from_base64url(string) → varbinary", "The bytes that the URL-safe base64 text stands for."),
    scalar("from_big_endian_32", "from_big_endian_32(binary) → integer", "The number that four bytes stand for, the highest first."),
    scalar("from_big_endian_64", "from_big_endian_64(binary) → bigint", "The number that eight bytes stand for, the highest first."),
    scalar("from_hex", "from_hex(string) → varbinary", "The bytes that the hexadecimal text stands for."),
    scalar("from_ieee754_32", "from_ieee754_32(binary) → real", "The fraction that four bytes stand for."),
    scalar("from_ieee754_64", "from_ieee754_64(binary) → double", "The fraction that eight bytes stand for."),
    scalar("from_utf8", "from_utf8(binary [, replacement]) → varchar", "The bytes read as UTF-8."),
    scalar("hmac_md5", "hmac_md5(binary, key) → varbinary", "The MD5 digest with a key."),
    scalar("hmac_sha1", "hmac_sha1(binary, key) → varbinary", "The SHA-1 digest with a key."),
    scalar("hmac_sha256", "hmac_sha256(binary, key) → varbinary", "The SHA-256 digest with a key."),
    scalar("hmac_sha512", "hmac_sha512(binary, key) → varbinary", "The SHA-512 digest with a key."),
    scalar("md5", "md5(binary) → varbinary", "The MD5 digest."),
    scalar("murmur3", "murmur3(binary) → varbinary", "The MurmurHash 3 digest of 128 bits."),
    scalar("sha1", "sha1(binary) → varbinary", "The SHA-1 digest."),
    scalar("sha256", "sha256(binary) → varbinary", "The SHA-256 digest."),
    scalar("sha512", "sha512(binary) → varbinary", "The SHA-512 digest."),
    scalar("spooky_hash_v2_32", "spooky_hash_v2_32(binary) → varbinary", "The SpookyHash V2 digest of 32 bits."),
    scalar("spooky_hash_v2_64", "spooky_hash_v2_64(binary) → varbinary", "The SpookyHash V2 digest of 64 bits."),
    scalar("to_base32", "to_base32(binary) → varchar", "The bytes as base32."),
    scalar("to_base64", "to_base64(binary) → varchar", "The bytes as base64."),
    scalar("to_base64url", "to_base64url(binary) → varchar", "The bytes as URL-safe base64."),
    scalar("to_big_endian_32", "to_big_endian_32(x) → varbinary", "The number as four bytes, the highest first."),
    scalar("to_big_endian_64", "to_big_endian_64(x) → varbinary", "The number as eight bytes, the highest first."),
    scalar("to_hex", "to_hex(binary) → varchar", "The bytes as hexadecimal digits."),
    scalar("to_ieee754_32", "to_ieee754_32(x) → varbinary", "The fraction as four bytes."),
    scalar("to_ieee754_64", "to_ieee754_64(x) → varbinary", "The fraction as eight bytes."),
    scalar("to_utf8", "to_utf8(string) → varbinary", "The text as UTF-8 bytes."),
    scalar("xxhash64", "xxhash64(binary) → varbinary", "The xxHash64 digest."),
];

/// URLs.
pub(super) const URLS: &[Function] = &[
    scalar("url_decode", "url_decode(string) → varchar", "The text with its %XX escapes undone."),
    scalar("url_encode", "url_encode(string) → varchar", "The text escaped for a URL."),
    scalar("url_extract_fragment", "url_extract_fragment(url) → varchar", "The part of a URL after #."),
    scalar("url_extract_host", "url_extract_host(url) → varchar", "The host of a URL."),
    scalar("url_extract_parameter", "url_extract_parameter(url, name) → varchar", "The value of a parameter of a URL."),
    scalar("url_extract_path", "url_extract_path(url) → varchar", "The path of a URL."),
    scalar("url_extract_port", "url_extract_port(url) → bigint", "The port of a URL."),
    scalar("url_extract_protocol", "url_extract_protocol(url) → varchar", "The protocol of a URL."),
    scalar("url_extract_query", "url_extract_query(url) → varchar", "The part of a URL after the question mark."),
];
