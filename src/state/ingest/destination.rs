//! Where files go: bucket, prefix, form and table, with suggestions until the person types.

use super::files::{Choice, FileItem, FileList};
use crate::message::ingest::{FileToStore, LineBreaks, StoreAs, StoreRequest};
use crate::model::{BucketName, Message, S3Location, TableRef};

/// The destination as it stands in the bar.
#[derive(Debug, Default)]
pub struct Destination {
    /// The bucket; need not exist yet.
    pub bucket: String,
    /// The prefix.
    pub prefix: String,
    /// The table as `database.table`; only its database counts when every file becomes a table of its own.
    pub table: String,
    /// Whether a table is made of the files.
    pub catalogue: bool,
    /// The form that was chosen; the advised one when none was.
    pub choice: Option<Choice>,
    suggested_bucket: String,
    suggested_prefix: String,
    suggested_table: String,
}

impl Destination {
    /// The destination that was typed in an earlier session.
    pub(super) fn restore(&mut self, text: &str) {
        if let Ok(place) = text.parse::<S3Location>() {
            self.bucket = place.bucket.into();
            // The bucket counts as suggested, so that it gives way on a lake that has others; the prefix always comes from the files.
            self.suggested_bucket.clone_from(&self.bucket);
        }
        self.catalogue = true;
    }

    /// The destination to remember.
    pub(super) fn remembered(&self) -> String {
        if self.bucket.trim().is_empty() { String::new() } else { format!("s3://{}/{}", self.bucket.trim(), self.prefix.trim()) }
    }

    /// Suggests a place and a name for these files; what the person has typed stays.
    pub(super) fn suggest(&mut self, files: &FileList, buckets: &[&str]) {
        if self.bucket.is_empty()
            || (self.bucket == self.suggested_bucket && !buckets.is_empty() && !buckets.contains(&self.bucket.as_str()))
        {
            let for_data = buckets.iter().find(|name| !name.starts_with("aws-athena-query-results"));
            for_data.copied().unwrap_or("my-lake").clone_into(&mut self.bucket);
            self.suggested_bucket.clone_from(&self.bucket);
        }
        let first = files.items().first().map(FileItem::stem).unwrap_or_default();
        let together = files.items().len() == 1 || files.one_table();
        let word = word(&first);
        let prefix = if together && !word.is_empty() { format!("data/{word}/") } else { "data/".to_owned() };
        renew(&mut self.prefix, &mut self.suggested_prefix, prefix);
        let database = word_of_bucket(&self.bucket);
        renew(&mut self.table, &mut self.suggested_table, format!("{database}.{}", if word.is_empty() { "table_1" } else { &word }));
    }

    /// Follows a bucket that the person has typed or chosen: the database is named after it.
    pub fn set_bucket(&mut self, bucket: &str) {
        bucket.clone_into(&mut self.bucket);
        if self.table == self.suggested_table
            && let Some((_, table)) = self.suggested_table.split_once('.')
        {
            self.suggested_table = format!("{}.{table}", word_of_bucket(&self.bucket));
            self.table.clone_from(&self.suggested_table);
        }
    }

    /// Sends the files into this folder.
    pub fn set_folder(&mut self, place: &S3Location) {
        let folder = if place.key.ends_with('/') || place.key.is_empty() { place.key.as_str() } else { parent(&place.key) };
        self.set_bucket(place.bucket.as_str());
        folder.clone_into(&mut self.prefix);
    }

    /// The form in which the files are stored.
    #[must_use]
    pub fn choice(&self, files: &FileList) -> Choice {
        let choice = self.choice.unwrap_or_else(|| files.advised());
        if files.any_table() { choice } else { Choice::Raw }
    }

    /// The folder, if bucket and prefix are legal.
    pub fn folder(&self) -> Result<S3Location, Message> {
        let bucket = self.bucket.trim();
        let bucket = BucketName::parse(bucket).map_err(|_rule| Message::new("ingest-bad-bucket").with("name", bucket))?;
        let prefix = self.prefix.trim().trim_start_matches('/');
        S3Location::new(bucket, prefix).map(|place| place.folder()).map_err(|_length| Message::new("ingest-bad-prefix"))
    }

    /// What has to be asked for so that all files that are ready are stored, or why it cannot be.
    ///
    /// Files of the same columns are one table in one folder; otherwise each has a folder and a table of its own.
    pub fn plan(&self, files: &FileList) -> Result<Vec<StoreRequest>, Message> {
        if files.ready().next().is_none() {
            return Err(Message::new("ingest-nothing-to-store"));
        }
        let to = self.folder()?;
        let wanted = if self.catalogue && files.any_table() { Some(self.table_ref()?) } else { None };
        let choice = self.choice(files);
        if files.one_table() || files.ready().count() == 1 {
            let table = wanted.filter(|_| files.any_table());
            return Ok(vec![request(files.ready(), to, choice, table)]);
        }
        if let Some(twin) = twin_stem(files) {
            return Err(Message::new("ingest-same-name").with("name", twin));
        }
        let each = files.ready().map(|item| {
            let name = word(&item.stem());
            let choice = if item.is_table() { choice } else { Choice::Raw };
            let table = wanted.as_ref().filter(|_| item.is_table()).map(|table| TableRef::new(&table.database, &name));
            request(std::iter::once(item), to.join(&name).folder(), choice, table)
        });
        Ok(each.collect())
    }

    /// The table that was named.
    pub fn table_ref(&self) -> Result<TableRef, Message> {
        let text = self.table.trim();
        let bad = || Message::new("ingest-bad-table").with("name", text);
        let table = TableRef::parse(text).ok_or_else(bad)?;
        let legal = |name: &str| name.len() <= 255 && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if legal(&table.database) && legal(&table.table) { Ok(table) } else { Err(bad()) }
    }
}

fn request<'a>(items: impl Iterator<Item = &'a FileItem>, to: S3Location, choice: Choice, catalogue: Option<TableRef>) -> StoreRequest {
    let files = items.map(|item| FileToStore { path: item.path.clone(), overrides: item.overrides.clone() }).collect();
    let line_breaks = if choice.form() == StoreAs::Csv { choice.line_breaks() } else { LineBreaks::Keep };
    StoreRequest { files, to, form: choice.form(), line_breaks, catalogue }
}

/// A name that two of the files share, so that their folders would be the same.
fn twin_stem(files: &FileList) -> Option<String> {
    let mut seen = std::collections::HashSet::new();
    files.ready().map(|item| word(&item.stem())).find(|name| !seen.insert(name.clone()))
}

/// Replaces a suggestion by a newer one, unless the person has typed something else.
fn renew(field: &mut String, suggested: &mut String, new: String) {
    if *field == *suggested {
        field.clone_from(&new);
    }
    *suggested = new;
}

/// A name for tables and folders: lower case, letters and digits of any script, one underscore for whatever stands between them.
fn word(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_matches('_').chars().take(80).collect()
}

fn word_of_bucket(bucket: &str) -> String {
    let name = word(bucket);
    if name.is_empty() { "default".to_owned() } else { name }
}

/// The folder of a key, with its slash.
fn parent(key: &str) -> &str {
    key.rfind('/').and_then(|slash| key.get(..=slash)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_what_people_call_their_files() {
        assert_eq!(word("Women's Clothing (E-Commerce)"), "women_s_clothing_e_commerce");
        assert_eq!(word("상품 리뷰 2024"), "상품_리뷰_2024");
        assert_eq!(word("--"), "");
        assert_eq!(parent("a/b/c.csv"), "a/b/");
        assert_eq!(parent("c.csv"), "");
    }

    #[test]
    fn the_database_follows_the_bucket_until_a_table_is_typed() {
        let mut to = Destination::default();
        to.restore("");
        to.suggest(&FileList::default(), &["dsoaws"]);
        assert_eq!((to.bucket.as_str(), to.prefix.as_str(), to.table.as_str()), ("dsoaws", "data/", "dsoaws.table_1"));
        to.set_bucket("other-lake");
        assert_eq!(to.table, "other_lake.table_1");
        to.table = "mine.reviews".to_owned();
        to.set_bucket("third");
        assert_eq!(to.table, "mine.reviews");
    }

    #[test]
    fn a_bucket_of_query_results_is_no_place_for_data() {
        let mut to = Destination::default();
        to.suggest(&FileList::default(), &["aws-athena-query-results-1-us-east-1", "reviews"]);
        assert_eq!(to.bucket, "reviews");
        let mut to = Destination::default();
        to.suggest(&FileList::default(), &["aws-athena-query-results-1-us-east-1"]);
        assert_eq!(to.bucket, "my-lake");
    }

    #[test]
    fn bad_names_are_refused_in_words() {
        let mut to = Destination { bucket: "No".to_owned(), ..Destination::default() };
        assert_eq!(to.folder().unwrap_err().id, "ingest-bad-bucket");
        to.bucket = "lake".to_owned();
        to.prefix = "/data/x".to_owned();
        assert_eq!(to.folder().unwrap().to_string(), "s3://lake/data/x/");
        for table in ["", "x", "a.b.c", "a.b c", "a.", ".b"] {
            table.clone_into(&mut to.table);
            assert!(to.table_ref().is_err(), "{table}");
        }
    }
}
