//! The same commands from a terminal. Data goes to standard output, everything else to standard error.
//!
//! Every form ends with 0 (done), 1 (failed), 2 (usage) or 3 (a rule of `--fail-on` was broken).

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::bias::Balancing;
use crate::message::ingest::StoreAs;
use crate::model::{BucketName, Connection, Message, S3Location, TableRef, TimeBucket};

mod bias;
mod crawl;
mod forms;
mod print;
mod query;
mod serve;
mod talk;

use talk::Trouble;

/// What was asked for on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "fairlake",
    version,
    about = "A desktop workbench for a data lake: drop a CSV, crawl it, query it with Athena SQL, and see whether the data is fair enough to train on."
)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    /// Files to open in the window.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(subcommand)]
    form: Option<Form>,
}

/// What every form takes.
#[derive(Debug, Clone, Args)]
struct Common {
    /// The lake to work on: local, profile:NAME or environment.
    #[arg(long, global = true, default_value = "local", value_parser = connection)]
    connection: Connection,
    /// An endpoint of one's own, with the keys of the connection's profile.
    #[arg(long, global = true, value_name = "URL")]
    endpoint: Option<String>,
    /// The region, in place of the configured one.
    #[arg(long, global = true)]
    region: Option<String>,
    /// The folder of the local lake; the variable `FAIRLAKE_LAKE` names it as well.
    #[arg(long, global = true, value_name = "DIR")]
    lake: Option<PathBuf>,
}

/// The forms.
#[derive(Debug, Subcommand)]
enum Form {
    /// Serve the local lake; the first line of the output is JSON with its endpoint and keys.
    Serve {
        /// The port on 127.0.0.1; any free one when none is given.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// End when nobody needs the lake any more.
        #[arg(long)]
        until_idle: bool,
    },
    /// Print the environment with which any AWS client finds a lake that is being served.
    Env,
    /// Store files in a bucket, which is created when it is missing.
    Ingest {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The bucket and prefix.
        #[arg(long, value_name = "s3://BUCKET/PREFIX")]
        to: S3Location,
        /// In which form.
        #[arg(long = "as", value_enum, default_value_t = FormChoice::Raw)]
        form: FormChoice,
        /// The table as which it is catalogued.
        #[arg(long, value_name = "DB.TABLE", value_parser = table)]
        table: Option<TableRef>,
        /// Write a space for each line break inside a field.
        #[arg(long)]
        replace_line_breaks: bool,
    },
    /// Let a crawler catalogue a prefix, and print what it creates or changes.
    Crawl {
        /// The prefix.
        #[arg(value_name = "s3://BUCKET/PREFIX")]
        target: S3Location,
        /// The database that receives the tables.
        #[arg(long, value_name = "DB")]
        database: String,
        /// What table names begin with.
        #[arg(long, default_value = "", value_name = "P")]
        table_prefix: String,
        /// Print what it would do, and leave the database as it is.
        #[arg(long)]
        dry_run: bool,
    },
    /// Run a statement and print its rows.
    Query {
        /// The database of names without one.
        #[arg(long, value_name = "DB")]
        database: Option<String>,
        /// How rows are printed.
        #[arg(long, value_enum, default_value_t = RowsFormat::Table)]
        format: RowsFormat,
        /// Write the rows to this file.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// The statement; `-` reads it from standard input.
        sql: String,
    },
    /// Measure bias as an analysis configuration asks, and write the reports.
    Bias {
        /// Clarify's configuration.
        #[arg(long, value_name = "analysis_config.json")]
        config: PathBuf,
        /// A file, an s3:// object, or a prefix that ends with a slash.
        #[arg(long, value_name = "FILE|s3://…", conflicts_with = "table", required_unless_present = "table")]
        data: Option<String>,
        /// A table of the catalogue.
        #[arg(long, value_name = "DB.TABLE", value_parser = table)]
        table: Option<TableRef>,
        /// The folder for the reports; none are written without it.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// What is printed: a table, or analysis.json.
        #[arg(long, value_enum, default_value_t = BiasFormat::Table)]
        format: BiasFormat,
        /// By the mathematical definitions, or as Clarify computes.
        #[arg(long, value_enum, default_value_t = ModeChoice::Exact)]
        mode: ModeChoice,
        /// Rules such as `CI>0.9,DPL>0.1`, by absolute value; a broken one ends with 3. The folder gets junit.xml and gate.json.
        #[arg(long, value_name = "RULES")]
        fail_on: Option<String>,
        /// Dots per inch of the PNG files.
        #[arg(long, default_value_t = 300)]
        dpi: u32,
        /// Measure every bucket of a column of dates too: day, week, month (unless said otherwise), quarter or year.
        #[arg(long, value_name = "COLUMN[:BUCKET]", value_parser = over_time)]
        over_time: Option<(String, TimeBucket)>,
        /// Balance the first facet by the label too, and measure the balanced rows beside the first.
        #[arg(long, value_enum, requires = "balanced_to")]
        balance: Option<BalanceChoice>,
        /// Where the balanced rows go: a CSV or Parquet file, or a new table.
        #[arg(long, value_name = "FILE|DB.TABLE", requires = "balance")]
        balanced_to: Option<String>,
        /// The seed of the choice of rows.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// Look for what is wrong with the data first: missing values, duplicates, columns that give the label away.
        #[arg(long)]
        quality: bool,
    },
    /// Do the whole course lab on the bundled sample: store, crawl, query, bias, charts.
    Lab {
        /// The folder for charts and reports.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Carry out any command, given as JSON; events come back as JSON lines.
    Do {
        /// The file; `-` reads standard input.
        #[arg(value_name = "FILE.json|-")]
        file: String,
    },
}

/// The forms in which files are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormChoice {
    /// Byte for byte.
    Raw,
    /// As clean UTF-8 CSV.
    Csv,
    /// As Parquet.
    Parquet,
}

impl From<FormChoice> for StoreAs {
    fn from(choice: FormChoice) -> Self {
        match choice {
            FormChoice::Raw => Self::Raw,
            FormChoice::Csv => Self::Csv,
            FormChoice::Parquet => Self::Parquet,
        }
    }
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RowsFormat {
    /// Columns side by side, for people.
    Table,
    /// CSV with a header.
    Csv,
    /// JSON, one object a line.
    Json,
}

/// What a measurement prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BiasFormat {
    /// Facet values by metrics, for people.
    Table,
    /// analysis.json as Clarify writes it.
    Json,
}

/// How rows are balanced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BalanceChoice {
    /// Every cell keeps as many rows as the smallest has.
    Down,
    /// Every cell is filled up to as many as the largest has.
    Over,
    /// Every row stays and gets a weight.
    Weights,
}

impl From<BalanceChoice> for Balancing {
    fn from(choice: BalanceChoice) -> Self {
        match choice {
            BalanceChoice::Down => Self::DownSample,
            BalanceChoice::Over => Self::OverSample,
            BalanceChoice::Weights => Self::Weights,
        }
    }
}

/// The rules of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ModeChoice {
    /// The mathematical definitions.
    Exact,
    /// The numbers of Clarify.
    Clarify,
}

fn connection(text: &str) -> Result<Connection, String> {
    match text.split_once(':') {
        None if text == "local" => Ok(Connection::Local),
        None if text == "environment" => Ok(Connection::Environment),
        Some(("profile", name)) if !name.is_empty() => Ok(Connection::Profile(name.to_owned())),
        _ => Err("expected local, profile:NAME or environment".to_owned()),
    }
}

fn table(text: &str) -> Result<TableRef, String> {
    TableRef::parse(text).ok_or_else(|| "expected DATABASE.TABLE".to_owned())
}

/// A column with or without a bucket: a colon may be part of a name, so only a known bucket ends it.
fn over_time(text: &str) -> Result<(String, TimeBucket), String> {
    let known = |name: &str| TimeBucket::ALL.into_iter().find(|bucket| bucket.name() == name);
    let split = text.rsplit_once(':').and_then(|(column, name)| Some((column.to_owned(), known(name)?)));
    let found = split.unwrap_or_else(|| (text.to_owned(), TimeBucket::default()));
    if found.0.is_empty() { Err("expected COLUMN or COLUMN:month".to_owned()) } else { Ok(found) }
}

impl Common {
    /// The folder of the local lake: the one that is named, or the platform's place for data.
    fn lake(&self) -> PathBuf {
        let named = || std::env::var_os("FAIRLAKE_LAKE").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        self.lake.clone().or_else(named).unwrap_or_else(default_lake)
    }

    fn connection(&self) -> Connection {
        let Some(url) = &self.endpoint else { return self.connection.clone() };
        let profile = match &self.connection {
            Connection::Profile(name) => name.clone(),
            _ => "default".to_owned(),
        };
        Connection::Endpoint { url: url.clone(), profile }
    }
}

fn default_lake() -> PathBuf {
    directories::ProjectDirs::from("", "", "fairlake").map_or_else(|| PathBuf::from("fairlake-lake"), |dirs| dirs.data_dir().join("lake"))
}

/// What is left to do after the command line was looked at.
#[derive(Debug)]
pub enum Next {
    /// Open the window on the local lake in this folder.
    Window {
        /// The folder.
        lake: PathBuf,
        /// Files to open at once.
        files: Vec<PathBuf>,
    },
    /// End with this code.
    End(ExitCode),
}

impl Cli {
    /// Carries the command out, unless it is the window that is asked for.
    #[must_use]
    pub fn run(self) -> Next {
        let Some(form) = self.form else {
            // A word that is neither a form nor a file is a slip of the hand.
            if let Some(unknown) = self.files.iter().find(|path| !path.exists()) {
                let message = Message::new("cli-unknown").with("word", unknown.display().to_string());
                return Next::End(Trouble::Usage(message).report());
            }
            return Next::Window { lake: self.common.lake(), files: self.files };
        };
        let result = carry_out(&self.common, form);
        Next::End(match result {
            // Whoever reads the output has enough of it.
            Ok(()) | Err(Trouble::Pipe) => ExitCode::SUCCESS,
            Err(trouble) => trouble.report(),
        })
    }
}

fn carry_out(common: &Common, form: Form) -> Result<(), Trouble> {
    match form {
        Form::Serve { port, until_idle } => serve::serve(&common.lake(), port, until_idle),
        Form::Env => serve::env(&common.lake()),
        Form::Ingest { files, to, form, table, replace_line_breaks } => {
            forms::ingest(common, files, to, form.into(), table, replace_line_breaks)
        }
        Form::Crawl { target, database, table_prefix, dry_run } => crawl::crawl(common, target, &database, &table_prefix, dry_run),
        Form::Query { database, format, output, sql } => query::query(common, database, format, output, sql),
        Form::Bias { config, data, table, out, format, mode, fail_on, dpi, over_time, balance, balanced_to, seed, quality } => {
            let balance = balance.zip(balanced_to).map(|(way, to)| (way.into(), to));
            bias::bias(common, &bias::Asked { config, data, table, out, format, mode, fail_on, dpi, over_time, balance, seed, quality })
        }
        Form::Lab { out } => forms::lab(common, out),
        Form::Do { file } => forms::carry(common, &file),
    }
}

/// The name of the crawler of a command line, by what it crawls into what.
fn crawler_name(database: &str, target: &S3Location) -> String {
    let bucket: &BucketName = &target.bucket;
    let place: String = format!("{bucket}-{}", target.key.trim_matches('/'));
    let place: String = place.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).take(150).collect();
    format!("fairlake-{database}-{}", place.trim_matches('-'))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn connections_are_read() {
        assert_eq!(connection("local"), Ok(Connection::Local));
        assert_eq!(connection("profile:dev"), Ok(Connection::Profile("dev".to_owned())));
        assert_eq!(connection("environment"), Ok(Connection::Environment));
        assert!(connection("profile:").is_err() && connection("aws").is_err());
        let cli = Cli::try_parse_from(["fairlake", "query", "--endpoint", "http://x:1", "--connection", "profile:p", "SELECT 1"]).unwrap();
        let wanted = Connection::Endpoint { url: "http://x:1".to_owned(), profile: "p".to_owned() };
        assert_eq!(cli.common.connection(), wanted);
    }

    #[test]
    fn usage_errors_are_clap_s_own() {
        for wrong in [
            vec!["fairlake", "ingest", "x.csv"],
            vec!["fairlake", "ingest", "x.csv", "--to", "nowhere"],
            vec!["fairlake", "bias", "--config", "c.json", "--out", "o"],
            vec!["fairlake", "bias", "--config", "c.json", "--data", "d.csv", "--balance", "down"],
            vec!["fairlake", "crawl", "s3://abc/", "--database"],
        ] {
            assert_eq!(Cli::try_parse_from(wrong).unwrap_err().exit_code(), 2);
        }
    }

    #[test]
    fn a_bucket_follows_the_last_colon() {
        assert_eq!(over_time("at"), Ok(("at".to_owned(), TimeBucket::Month)));
        assert_eq!(over_time("at:year"), Ok(("at".to_owned(), TimeBucket::Year)));
        assert_eq!(over_time("a:b"), Ok(("a:b".to_owned(), TimeBucket::Month)));
        assert!(over_time(":day").is_err());
    }

    #[test]
    fn crawlers_are_named_after_their_place() {
        assert_eq!(crawler_name("db", &"s3://my-lake/data/raw 1/".parse().unwrap()), "fairlake-db-my-lake-data-raw-1");
    }
}
