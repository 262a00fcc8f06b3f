//! A crawler's schedule in plain choices, and the `cron(…)` that Glue keeps of them.

/// When a crawler runs. Hours and minutes are UTC, as Glue's are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Only when somebody runs it.
    OnRequest,
    /// Every hour at this minute.
    Hourly(u8),
    /// Every day at this hour and minute.
    Daily(u8, u8),
    /// Every week on this day (0 is Sunday) at this hour and minute.
    Weekly(u8, u8, u8),
    /// Every month on this day at this hour and minute.
    Monthly(u8, u8, u8),
    /// Any other `cron(…)`.
    Custom(String),
}

/// Glue's names of the days, Sunday first.
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Schedule {
    /// The schedule that Glue keeps.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Self {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Self::OnRequest };
        Self::plain(text).unwrap_or_else(|| Self::Custom(text.to_owned()))
    }

    fn plain(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.strip_prefix("cron(")?.strip_suffix(')')?.split_whitespace().collect();
        let [minute, hour, day, "*", weekday, "*"] = fields.as_slice() else { return None };
        let small = |text: &str, most: u8| text.parse::<u8>().ok().filter(|number| *number <= most);
        let minute = small(minute, 59)?;
        match (*hour, *day, *weekday) {
            ("*", "*", "?") | ("*", "?", "*") => Some(Self::Hourly(minute)),
            (hour, "*", "?") | (hour, "?", "*") => Some(Self::Daily(small(hour, 23)?, minute)),
            (hour, "?", weekday) => {
                let named = DAYS.iter().position(|name| name.eq_ignore_ascii_case(weekday)).and_then(|index| u8::try_from(index).ok());
                let numbered = || small(weekday, 7).and_then(|number| number.checked_sub(1));
                Some(Self::Weekly(named.or_else(numbered)?, small(hour, 23)?, minute))
            }
            (hour, day, "?") => Some(Self::Monthly(small(day, 31).filter(|day| *day > 0)?, small(hour, 23)?, minute)),
            _ => None,
        }
    }

    /// What Glue keeps; `None` on request.
    #[must_use]
    pub fn cron(&self) -> Option<String> {
        Some(match self {
            Self::OnRequest => return None,
            Self::Hourly(minute) => format!("cron({minute} * * * ? *)"),
            Self::Daily(hour, minute) => format!("cron({minute} {hour} * * ? *)"),
            Self::Weekly(day, hour, minute) => {
                format!("cron({minute} {hour} ? * {} *)", DAYS.get(usize::from(*day)).copied().unwrap_or("SUN"))
            }
            Self::Monthly(day, hour, minute) => format!("cron({minute} {hour} {day} * ? *)"),
            Self::Custom(text) => text.trim().to_owned(),
        })
    }

    /// Whether it has the shape that Glue takes: `cron(` six fields `)`.
    #[must_use]
    pub fn is_legal(&self) -> bool {
        match self {
            Self::Custom(text) => text
                .trim()
                .strip_prefix("cron(")
                .and_then(|rest| rest.strip_suffix(')'))
                .is_some_and(|fields| fields.split_whitespace().count() == 6),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn glue_s_own_examples_read_as_plain_choices() {
        assert_eq!(Schedule::parse(Some("cron(15 12 * * ? *)")), Schedule::Daily(12, 15));
        assert_eq!(Schedule::parse(Some("cron(0 8 ? * MON *)")), Schedule::Weekly(1, 8, 0));
        assert_eq!(Schedule::parse(Some("cron(0 8 ? * 1 *)")), Schedule::Weekly(0, 8, 0));
        assert_eq!(Schedule::parse(Some("cron(0 8 1 * ? *)")), Schedule::Monthly(1, 8, 0));
        assert_eq!(Schedule::parse(None), Schedule::OnRequest);
        let custom = Schedule::parse(Some("cron(0/15 8-18 ? * MON-FRI *)"));
        assert_eq!(custom, Schedule::Custom("cron(0/15 8-18 ? * MON-FRI *)".to_owned()));
        assert!(custom.is_legal());
        assert!(!Schedule::parse(Some("every day")).is_legal());
    }

    proptest! {
        #[test]
        fn plain_choices_survive_glue(day in 0_u8..7, date in 1_u8..=31, hour in 0_u8..24, minute in 0_u8..60) {
            for schedule in [
                Schedule::OnRequest,
                Schedule::Hourly(minute),
                Schedule::Daily(hour, minute),
                Schedule::Weekly(day, hour, minute),
                Schedule::Monthly(date, hour, minute),
            ] {
                prop_assert_eq!(Schedule::parse(schedule.cron().as_deref()), schedule);
            }
        }
    }
}
