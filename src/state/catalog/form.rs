//! A crawler as it is being filled in: texts until they are checked, then a definition.

use super::schedule::Schedule;
use crate::message::catalog::{CrawlerSpec, DeleteBehavior, UpdateBehavior};
use crate::model::{Failure, JobId, Message, S3Location};

/// The form.
#[derive(Debug, Clone)]
pub struct CrawlerForm {
    /// The name of the crawler that is changed; `None` for a new one.
    pub of: Option<String>,
    /// Its name.
    pub name: String,
    /// The database that receives the tables.
    pub database: String,
    /// The targets, one a field.
    pub targets: Vec<String>,
    /// The exclusions, one a line.
    pub exclusions: String,
    /// What table names begin with.
    pub table_prefix: String,
    /// What happens to a table whose files have changed their schema.
    pub update: UpdateBehavior,
    /// What happens to a table whose files are gone.
    pub delete: DeleteBehavior,
    /// Merge compatible schemas below a target into one table.
    pub combine: bool,
    /// When it runs.
    pub schedule: Schedule,
    /// The number of the target that is being picked in the bucket browser.
    pub browsing: Option<usize>,
    /// Whether the problems are shown: not before the person has tried to save.
    pub tried: bool,
    /// Why it could not be saved.
    pub failure: Option<Failure>,
    /// The job that saves it, and whether the crawler runs afterwards.
    pub(super) saving: Option<(JobId, bool)>,
    /// Whether something was changed that is not saved.
    pub touched: bool,
}

/// What is wrong with a field of the form.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The field.
    pub field: Field,
    /// What is wrong.
    pub message: Message,
}

/// The fields that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The name.
    Name,
    /// The database.
    Database,
    /// The target of this number.
    Target(usize),
    /// The schedule.
    Schedule,
}

impl CrawlerForm {
    /// An empty form.
    #[must_use]
    pub fn new() -> Self {
        Self::filled(None, &CrawlerSpec::default())
    }

    /// The form of a crawler there is.
    #[must_use]
    pub fn of(spec: &CrawlerSpec) -> Self {
        Self::filled(Some(spec), spec)
    }

    fn filled(saved: Option<&CrawlerSpec>, spec: &CrawlerSpec) -> Self {
        let mut targets: Vec<String> = spec.targets.iter().map(ToString::to_string).collect();
        if targets.is_empty() {
            targets.push(String::new());
        }
        Self {
            of: saved.map(|spec| spec.name.clone()),
            name: spec.name.clone(),
            database: spec.database.clone(),
            targets,
            exclusions: spec.exclusions.join("\n"),
            table_prefix: spec.table_prefix.clone(),
            update: spec.update,
            delete: spec.delete,
            combine: spec.combine,
            schedule: Schedule::parse(spec.schedule.as_deref()),
            browsing: None,
            tried: false,
            failure: None,
            saving: None,
            touched: false,
        }
    }

    /// Whether it is being saved.
    #[must_use]
    pub const fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    /// Fills the target that is being picked, and names what has no name yet after it.
    pub fn pick(&mut self, place: &S3Location) {
        if let Some(target) = self.browsing.take().and_then(|index| self.targets.get_mut(index)) {
            *target = place.to_string();
            self.touched = true;
        }
        self.suggest(place);
    }

    /// Names crawler and database after a place, where they have no name yet.
    pub fn suggest(&mut self, place: &S3Location) {
        let word = |text: &str, other: char| -> String {
            let text: String = text.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { other }).collect();
            text.trim_matches(other).to_owned()
        };
        if self.name.is_empty() {
            self.name = format!("{}-crawler", word(place.leaf(), '-'));
        }
        if self.database.is_empty() {
            self.database = word(place.bucket.as_str(), '_');
        }
    }

    /// The crawler as it is filled in, or everything that is wrong with it.
    ///
    /// # Errors
    /// The problems, in the order of the form.
    pub fn spec(&self) -> Result<CrawlerSpec, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut wrong = |field, message| problems.push(Problem { field, message });
        let name = self.name.trim();
        if name.is_empty() {
            wrong(Field::Name, Message::new("catalog-form-name-missing"));
        } else if name.len() > 255 || name.chars().any(char::is_control) {
            wrong(Field::Name, Message::new("catalog-form-name-bad"));
        }
        let database = self.database.trim().to_lowercase();
        if database.is_empty() {
            wrong(Field::Database, Message::new("catalog-form-database-missing"));
        } else if !database.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            wrong(Field::Database, Message::new("catalog-database-bad").with("name", database.as_str()));
        }
        let mut targets = Vec::new();
        for (index, text) in self.targets.iter().enumerate() {
            match text.trim().parse::<S3Location>() {
                Ok(place) => targets.push(place),
                Err(_) if text.trim().is_empty() && self.targets.len() > 1 => {}
                Err(_) if text.trim().is_empty() => wrong(Field::Target(index), Message::new("catalog-form-target-missing")),
                Err(_) => wrong(Field::Target(index), Message::new("catalog-form-target-bad").with("text", text.trim())),
            }
        }
        if targets.is_empty() && self.targets.len() > 1 {
            wrong(Field::Target(0), Message::new("catalog-form-target-missing"));
        }
        if !self.schedule.is_legal() {
            wrong(Field::Schedule, Message::new("catalog-form-schedule-bad"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(CrawlerSpec {
            name: name.to_owned(),
            database,
            targets,
            exclusions: self.exclusions.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
            table_prefix: self.table_prefix.trim().to_owned(),
            update: self.update,
            delete: self.delete,
            combine: self.combine,
            schedule: self.schedule.cron(),
        })
    }

    /// What is wrong with a field, once the person has tried to save.
    #[must_use]
    pub fn problem(&self, field: Field) -> Option<Message> {
        if !self.tried {
            return None;
        }
        self.spec().err()?.into_iter().find(|problem| problem.field == field).map(|problem| problem.message)
    }
}

impl Default for CrawlerForm {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_form_says_all_that_is_missing() {
        let fields: Vec<Field> = CrawlerForm::new().spec().unwrap_err().into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, [Field::Name, Field::Database, Field::Target(0)]);
    }

    #[test]
    fn picking_a_place_names_the_rest() {
        let mut form = CrawlerForm { browsing: Some(0), ..CrawlerForm::new() };
        form.pick(&"s3://my-lake/data/raw reviews/".parse().unwrap());
        form.exclusions = " **.tmp \n\n_backup/**".to_owned();
        let spec = form.spec().unwrap();
        assert_eq!((spec.name.as_str(), spec.database.as_str()), ("raw-reviews-crawler", "my_lake"));
        assert_eq!(spec.exclusions, ["**.tmp", "_backup/**"]);
        assert!(form.touched);
        assert!(!CrawlerForm::of(&spec).touched);
        assert_eq!(CrawlerForm::of(&spec).spec().unwrap(), spec);
    }
}
