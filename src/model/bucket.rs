//! Buckets of time: days gathered into weeks, months, quarters and years.

use chrono::{Datelike as _, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// How long a bucket is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeBucket {
    /// A day.
    Day,
    /// A week from Monday on.
    Week,
    /// A month.
    #[default]
    Month,
    /// Three months, from January on.
    Quarter,
    /// A year.
    Year,
}

impl TimeBucket {
    /// Every length, the shortest first.
    pub const ALL: [Self; 5] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// Trino's name of it, as `date_trunc` takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The first day of the bucket that a day (counted from 1970-01-01) falls in, as `2024-01-31`.
    #[must_use]
    pub fn start(self, day: i32) -> String {
        let Some(date) = NaiveDate::from_epoch_days(day) else { return day.to_string() };
        let (year, month) = (date.year(), date.month());
        let first = |month: u32| NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(date);
        let start = match self {
            Self::Day => date,
            Self::Week => date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday()))).unwrap_or(date),
            Self::Month => first(month),
            Self::Quarter => first((month - 1) / 3 * 3 + 1),
            Self::Year => first(1),
        };
        start.to_string()
    }

    /// A bucket's start as short as it can be said: `2024-03` for a month, `2024` for a year.
    #[must_use]
    pub fn short(self, start: &str) -> String {
        let kept = match self {
            Self::Day | Self::Week => start.len(),
            Self::Month => 7,
            Self::Quarter => {
                let month: u32 = start.get(5..7).and_then(|month| month.parse().ok()).unwrap_or(1);
                return format!("{} Q{}", start.get(..4).unwrap_or(start), (month - 1) / 3 + 1);
            }
            Self::Year => 4,
        };
        start.get(..kept).unwrap_or(start).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_fall_into_their_buckets() {
        // 2024-11-22, a Friday.
        let day = 20_049;
        let starts: Vec<String> = TimeBucket::ALL.iter().map(|bucket| bucket.start(day)).collect();
        assert_eq!(starts, ["2024-11-22", "2024-11-18", "2024-11-01", "2024-10-01", "2024-01-01"]);
        let short: Vec<String> = TimeBucket::ALL.iter().zip(&starts).map(|(bucket, start)| bucket.short(start)).collect();
        assert_eq!(short, ["2024-11-22", "2024-11-18", "2024-11", "2024 Q4", "2024"]);
        assert_eq!(TimeBucket::Year.start(-1), "1969-01-01");
    }
}
