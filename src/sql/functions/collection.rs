//! Functions of arrays and maps, those that take lambdas among them.

use super::{Function, scalar};

/// Arrays.
pub(super) const ARRAYS: &[Function] = &[
    scalar("all_match", "all_match(array, x -> boolean) → boolean", "Whether all elements satisfy the condition."),
    scalar("any_match", "any_match(array, x -> boolean) → boolean", "Whether any element satisfies the condition."),
    scalar("array_average", "array_average(array) → double", "The mean of the elements."),
    scalar("array_distinct", "array_distinct(array) → array", "The elements without duplicates."),
    scalar("array_except", "array_except(array, array) → array", "The elements of the first that are not in the second."),
    scalar("array_intersect", "array_intersect(array, array) → array", "The elements that are in both."),
    scalar("array_join", "array_join(array, delimiter [, null_replacement]) → varchar", "The elements joined to one text."),
    scalar("array_max", "array_max(array) → same as elements", "The largest element; NULL if any is NULL."),
    scalar("array_min", "array_min(array) → same as elements", "The smallest element; NULL if any is NULL."),
    scalar("array_position", "array_position(array, element) → bigint", "Where the element is first, from 1; 0 if it is not there."),
    scalar("array_remove", "array_remove(array, element) → array", "The array without every element equal to this."),
    scalar("array_sort", "array_sort(array [, (x, y) -> integer]) → array", "The elements in order, NULLs last."),
    scalar("array_sum", "array_sum(array) → bigint or double", "The sum of the elements."),
    scalar("array_union", "array_union(array, array) → array", "The elements that are in either, without duplicates."),
    scalar("arrays_overlap", "arrays_overlap(array, array) → boolean", "Whether the arrays have an element in common."),
    scalar("cardinality", "cardinality(array or map) → bigint", "How many elements or entries it has."),
    scalar("combinations", "combinations(array, n) → array of arrays", "All choices of n elements."),
    scalar("contains", "contains(array, element) → boolean", "Whether the array has the element."),
    scalar(
        "contains_sequence",
        "contains_sequence(array, array) → boolean",
        "Whether the first has all of the second's elements in a row.",
    ),
    scalar(
        "element_at",
        "element_at(array or map, index or key) → same as elements",
        "The element or value there, or NULL; a negative index counts from the end.",
    ),
    scalar("filter", "filter(array, x -> boolean) → array", "The elements that satisfy the condition."),
    scalar("flatten", "flatten(array of arrays) → array", "The inner arrays put together."),
    scalar("ngrams", "ngrams(array, n) → array of arrays", "All runs of n neighbouring elements."),
    scalar("none_match", "none_match(array, x -> boolean) → boolean", "Whether no element satisfies the condition."),
    scalar("reduce", "reduce(array, start, (state, x) -> state, state -> result) → same as result", "The elements folded into one value."),
    scalar("repeat", "repeat(element, count) → array", "An array of so many copies."),
    scalar("sequence", "sequence(start, stop [, step]) → array", "The numbers, days or times from start to stop."),
    scalar("shuffle", "shuffle(array) → array", "The elements in random order."),
    scalar("slice", "slice(array, start, length) → array", "A part of the array; a negative start counts from the end."),
    scalar("transform", "transform(array, x -> value) → array", "The array with each element replaced by a value."),
    scalar("transform_keys", "transform_keys(map, (k, v) -> key) → map", "The map with each key replaced."),
    scalar("transform_values", "transform_values(map, (k, v) -> value) → map", "The map with each value replaced."),
    scalar("trim_array", "trim_array(array, n) → array", "The array without its last n elements."),
    scalar("zip", "zip(array, array, ...) → array(row)", "The arrays side by side, padded with NULL."),
    scalar("zip_with", "zip_with(array, array, (x, y) -> value) → array", "Two arrays merged element by element."),
];

/// Maps.
pub(super) const MAPS: &[Function] = &[
    scalar("map", "map(keys, values) → map", "A map from an array of keys and one of values."),
    scalar("map_concat", "map_concat(map, ...) → map", "All the maps in one; the last value of a key wins."),
    scalar("map_entries", "map_entries(map) → array(row)", "The entries as an array of rows."),
    scalar("map_filter", "map_filter(map, (k, v) -> boolean) → map", "The entries that satisfy the condition."),
    scalar("map_from_entries", "map_from_entries(array(row)) → map", "A map from an array of key and value rows."),
    scalar("map_keys", "map_keys(map) → array", "The keys."),
    scalar("map_values", "map_values(map) → array", "The values."),
    scalar("map_zip_with", "map_zip_with(map, map, (k, v1, v2) -> value) → map", "Two maps merged entry by entry."),
    scalar("multimap_from_entries", "multimap_from_entries(array(row)) → map of arrays", "A map from each key to all its values."),
    scalar(
        "split_to_multimap",
        "split_to_multimap(string, entry_delimiter, key_delimiter) → map(varchar, array(varchar))",
        "The values of each key of a text.",
    ),
];
