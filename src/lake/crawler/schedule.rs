//! Schedules: Glue's `cron(…)` expressions, in UTC.

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::lake::glue::GlueError;

/// Reads `cron(minutes hours day-of-month month day-of-week year)`.
pub(super) fn parse(expression: &str) -> Result<Cron, GlueError> {
    let bad = || GlueError::InvalidInput(format!("Invalid schedule expression '{expression}'"));
    let fields = expression.trim().strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')')).ok_or_else(bad)?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [minutes, hours, days, months, weekdays, years] = fields.as_slice() else { return Err(bad()) };
    // One of the two days must be left open, and only that one may be.
    if (*days == "?") == (*weekdays == "?") {
        return Err(bad());
    }
    let open = |field: &&str| if *field == "?" { "*".to_owned() } else { (*field).to_owned() };
    let pattern = format!("0 {minutes} {hours} {} {months} {} {years}", open(days), open(weekdays));
    let parser = CronParser::builder().seconds(Seconds::Required).year(Year::Required).alternative_weekdays(true).dom_and_dow(true).build();
    parser.parse(&pattern).map_err(|_error| bad())
}

/// When the schedule is next due after a moment.
pub(super) fn next(expression: &str, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    parse(expression).ok()?.find_next_occurrence(&after, false).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_read_as_aws_reads_them() {
        let after: DateTime<Utc> = "2024-01-01T00:00:00Z".parse().unwrap();
        let due = |expression: &str| next(expression, after).map(|time| time.to_rfc3339()).unwrap_or_default();
        assert_eq!(due("cron(15 12 * * ? *)"), "2024-01-01T12:15:00+00:00");
        assert_eq!(due("cron(0/15 * * * ? *)"), "2024-01-01T00:15:00+00:00");
        assert_eq!(due("cron(0 18 ? * MON-FRI *)"), "2024-01-01T18:00:00+00:00");
        assert_eq!(due("cron(0 8 1 * ? *)"), "2024-01-01T08:00:00+00:00");
        assert_eq!(due("cron(0 8 ? * 1 *)"), "2024-01-07T08:00:00+00:00", "day 1 is Sunday");
        assert_eq!(due("cron(0 8 1 1 ? 2023)"), "");
        for bad in ["", "rate(1 day)", "cron(15 12 * * *)", "cron(99 12 * * ? *)", "cron(15 12 * * * *)"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
