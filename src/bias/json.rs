//! Numbers that may be infinite, in JSON, which has no infinity.

/// Numbers in JSON: infinity as the text that Clarify writes.
pub(super) mod number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    pub(in crate::bias) enum Number {
        Finite(f64),
        Infinite(Infinite),
    }

    #[derive(Serialize, Deserialize)]
    pub(in crate::bias) enum Infinite {
        #[serde(rename = "Infinity")]
        Above,
        #[serde(rename = "-Infinity")]
        Below,
    }

    impl From<f64> for Number {
        fn from(value: f64) -> Self {
            if value.is_infinite() {
                Self::Infinite(if value > 0.0 { Infinite::Above } else { Infinite::Below })
            } else {
                Self::Finite(value)
            }
        }
    }

    impl From<Number> for f64 {
        fn from(number: Number) -> Self {
            match number {
                Number::Finite(value) => value,
                Number::Infinite(Infinite::Above) => Self::INFINITY,
                Number::Infinite(Infinite::Below) => Self::NEG_INFINITY,
            }
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(in crate::bias) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        Number::from(*value).serialize(serializer)
    }

    pub(in crate::bias) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Number::deserialize(deserializer).map(f64::from)
    }
}

/// The same for numbers that may be missing.
pub(super) mod maybe_number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::number::Number;

    #[expect(clippy::ref_option, reason = "serde's signature")]
    pub(in crate::bias) fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(Number::from).serialize(serializer)
    }

    pub(in crate::bias) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        Ok(Option::<Number>::deserialize(deserializer)?.map(f64::from))
    }
}
