//! The functions that Athena has and the lake refuses by name, each with the subject that it belongs to.

/// Functions of one subject that the lake does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// The subject, as a heading: `Geospatial`.
    pub subject: &'static str,
    /// The names, lower case.
    pub names: &'static [&'static str],
}

const REFUSED: [Refused; 5] = [
    Refused {
        subject: "Geospatial (all that begin with st_ are refused)",
        names: &[
            "bing_tile",
            "bing_tile_at",
            "bing_tile_coordinates",
            "bing_tile_polygon",
            "bing_tile_quadkey",
            "bing_tile_zoom_level",
            "bing_tiles_around",
            "convex_hull_agg",
            "from_encoded_polyline",
            "from_geojson_geometry",
            "geometry_from_hadoop_shape",
            "geometry_invalid_reason",
            "geometry_nearest_points",
            "geometry_to_bing_tiles",
            "geometry_union",
            "geometry_union_agg",
            "great_circle_distance",
            "line_interpolate_point",
            "line_interpolate_points",
            "line_locate_point",
            "simplify_geometry",
            "to_encoded_polyline",
            "to_geojson_geometry",
            "to_geometry",
            "to_spherical_geography",
        ],
    },
    Refused {
        subject: "Sketches and digests",
        names: &[
            "approx_set",
            "empty_approx_set",
            "hash_counts",
            "intersection_cardinality",
            "jaccard_index",
            "make_set_digest",
            "merge",
            "merge_set_digest",
            "qdigest_agg",
            "quantile_at_value",
            "quantiles_at_values",
            "tdigest_agg",
            "theta_sketch_estimate",
            "theta_sketch_union",
            "trimmed_mean",
            "value_at_quantile",
            "values_at_quantiles",
        ],
    },
    Refused { subject: "SQL/JSON", names: &["json_table"] },
    Refused {
        subject: "Machine learning",
        names: &[
            "classify",
            "features",
            "learn_classifier",
            "learn_libsvm_classifier",
            "learn_libsvm_regressor",
            "learn_regressor",
            "regress",
        ],
    },
    Refused { subject: "Colours", names: &["bar", "color", "render", "rgb"] },
];

/// All that is refused by name, subject by subject.
#[must_use]
pub const fn refusals() -> &'static [Refused] {
    &REFUSED
}

/// The subject of a function that Athena has and the lake refuses; `None` for any other name, lower case.
#[must_use]
pub fn refused(name: &str) -> Option<&'static str> {
    if name.starts_with("st_") {
        return REFUSED.first().map(|geospatial| geospatial.subject);
    }
    REFUSED.iter().find(|refused| refused.names.contains(&name)).map(|refused| refused.subject)
}
