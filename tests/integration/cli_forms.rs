//! The program's own command line: each form as another program calls it, with its exit code and its output.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The program with nothing of the surroundings that could lead it elsewhere.
pub(crate) fn fairlake(lake: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairlake"));
    for (name, _) in std::env::vars() {
        if name.starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command.env("FAIRLAKE_LAKE", lake).env("LANG", "C.UTF-8").env("LC_ALL", "C.UTF-8");
    command
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a form and holds it to its exit code.
pub(crate) fn done(lake: &Path, args: &[&str], code: i32) -> Output {
    let output = fairlake(lake).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {} {}", text(&output.stdout), text(&output.stderr));
    output
}

/// A lake served by the program.
pub(crate) struct Served {
    child: Child,
    pub(crate) ready: Value,
}

impl Served {
    pub(crate) fn on(lake: &Path) -> Self {
        let mut child = fairlake(lake).arg("serve").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap() }
    }

    /// Asks it to end, as `kill` does.
    fn terminate(&mut self) -> Option<i32> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < until, "the lake does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

#[test]
fn serve_says_where_it_is_and_ends_on_request() {
    let lake = tempfile::tempdir().unwrap();
    let mut served = Served::on(lake.path());
    let names: Vec<&str> = served.ready.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["access_key_id", "endpoint", "region", "secret_access_key"]);
    let endpoint = served.ready["endpoint"].as_str().unwrap().to_owned();
    let env = text(&done(lake.path(), &["env"], 0).stdout);
    assert!(env.contains(&format!("export AWS_ENDPOINT_URL='{endpoint}'\n")) && env.contains("export AWS_SECRET_ACCESS_KEY='"), "{env}");
    // A second one on the same folder is refused, in words.
    let refused = done(lake.path(), &["serve"], 1);
    assert_eq!(text(&refused.stderr).lines().count(), 2, "{}", text(&refused.stderr));
    // One that was meant for a client says where the first one is.
    let joined = done(lake.path(), &["serve", "--until-idle"], 0);
    assert_eq!(serde_json::from_slice::<Value>(&joined.stdout).unwrap(), served.ready);
    assert_eq!(served.terminate(), Some(0));
    let env = done(lake.path(), &["env"], 1);
    assert!(env.stdout.is_empty() && text(&env.stderr).contains("fairlake serve"));
}

#[test]
fn ingest_stores_and_starts_a_lake_of_its_own() {
    let lake = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a b.csv");
    std::fs::write(&file, "id,name\n1,x\n2,y\n").unwrap();
    let name = file.to_str().unwrap();
    let stored = done(lake.path(), &["ingest", name, "--to", "s3://my-lake/raw"], 0);
    assert_eq!(text(&stored.stdout), "s3://my-lake/raw/a b.csv\n");
    assert_eq!(std::fs::read(lake.path().join("buckets/my-lake/raw/a b.csv")).unwrap(), std::fs::read(&file).unwrap());
    let parquet = done(lake.path(), &["ingest", name, "--to", "s3://my-lake/p", "--as", "parquet"], 0);
    assert_eq!(text(&parquet.stdout), "s3://my-lake/p/a b.parquet\n");
    let missing = done(lake.path(), &["ingest", "nowhere.csv", "--to", "s3://my-lake/raw"], 1);
    assert!(missing.stdout.is_empty());
    assert!(text(&missing.stderr).starts_with("nowhere.csv could not be used. There is no such file."), "{}", text(&missing.stderr));
}

#[test]
fn usage_is_explained_with_2() {
    let lake = tempfile::tempdir().unwrap();
    for args in [
        &["ingest", "x.csv"][..],
        &["query"],
        &["bias", "--config", "c.json", "--out", "o"],
        &["crawl", "nowhere", "--database", "d"],
        &["no-such-form"],
        &["do", "--nonsense"],
        &["query", "--connection", "nowhere", "SELECT 1"],
    ] {
        let output = done(lake.path(), args, 2);
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{args:?}");
    }
    assert!(text(&done(lake.path(), &["--help"], 0).stdout).contains("ingest"));
}

#[test]
fn do_takes_any_command_and_answers_in_lines_of_json() {
    let lake = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let lines = |output: &Output| -> Vec<Value> { text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect() };
    let carry = |command: &Value, code: i32| {
        let file = folder.path().join("command.json");
        std::fs::write(&file, command.to_string()).unwrap();
        lines(&done(lake.path(), &["do", file.to_str().unwrap()], code))
    };
    let created = carry(&json!({"ingest": {"create_bucket": {"bucket": "my-lake"}}}), 0);
    assert_eq!(created.last().unwrap()["event"], json!({"ended": "done"}));
    assert_eq!(created[0]["event"]["ingest"]["buckets"][0]["name"], "my-lake");
    let connected = carry(&json!("connect"), 0);
    assert_eq!(connected[0]["event"]["connected"]["account"], "000000000000");
    let failed = carry(&json!({"ingest": {"delete_bucket": {"bucket": "no-lake"}}}), 1);
    assert_eq!(failed.last().unwrap()["event"]["ended"]["failed"]["why"]["id"], "worker-why-not-found");
    let file = folder.path().join("wrong.json");
    std::fs::write(&file, "{\"nonsense\":1}").unwrap();
    done(lake.path(), &["do", file.to_str().unwrap()], 2);
}

#[test]
fn bias_writes_its_reports_and_holds_them_to_rules() {
    let lake = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("reviews.csv");
    let mut rows = String::from("sentiment,category,day\n");
    for row in 0..200 {
        rows.push_str(if row % 20 == 0 { "-1,Trend," } else { "1,Dresses," });
        rows.push_str(if row < 100 { "2024-02-29\n" } else { "2024-05-01\n" });
    }
    std::fs::write(&data, rows).unwrap();
    let config = folder.path().join("analysis_config.json");
    let question = json!({
        "dataset_type": "text/csv", "label": "sentiment", "label_values_or_threshold": [1], "facet": [{"name_or_index": "category"}],
        "methods": {"pre_training_bias": {"methods": ["CI", "DPL"]}},
    });
    std::fs::write(&config, question.to_string()).unwrap();
    let out = folder.path().join("out");
    let (config, data, out_name) = (config.to_str().unwrap(), data.to_str().unwrap(), out.to_str().unwrap());
    let args = ["bias", "--config", config, "--data", data, "--out", out_name, "--dpi", "72"];
    let output = done(lake.path(), &args, 0);
    let table = text(&output.stdout);
    assert!(table.lines().any(|line| line.split_whitespace().eq(["Trend", "10", "0.9000", "1.0000"])), "{table}");
    assert!(out.join("analysis.json").is_file() && out.join("class-imbalance-category.png").is_file());
    let broken = done(lake.path(), &[&args[..], &["--fail-on", "CI>0.95,DPL>0.5"]].concat(), 3);
    assert_eq!(text(&broken.stderr).lines().filter(|line| line.contains("DPL")).count(), 2, "{}", text(&broken.stderr));
    done(lake.path(), &[&args[..], &["--fail-on", "CI>0.95"]].concat(), 0);
    done(lake.path(), &[&args[..], &["--fail-on", "nonsense"]].concat(), 2);
    let junit = std::fs::read_to_string(out.join("junit.xml")).unwrap();
    assert!(junit.contains("tests=\"2\" failures=\"0\""), "the last verdict: {junit}");
    let idle = done(lake.path(), &[&args[..], &["--fail-on", "DI<0.8"]].concat(), 1);
    assert!(text(&idle.stderr).contains("DI<0.8"), "a rule that nothing is held against does not pass: {}", text(&idle.stderr));
    let printed = done(lake.path(), &["bias", "--config", config, "--data", data, "--mode", "clarify", "--format", "json"], 0);
    let analysis: Value = serde_json::from_str(&text(&printed.stdout)).unwrap();
    assert_eq!(analysis["pre_training_bias_metrics"]["facets"]["category"][0]["value_or_threshold"], "Trend");
    let even = folder.path().join("even.csv");
    let more = ["--balance", "down", "--balanced-to", even.to_str().unwrap(), "--over-time", "day:quarter", "--quality"];
    let all = done(lake.path(), &[&args[..], &more].concat(), 0);
    let table = text(&all.stdout);
    assert!(table.lines().any(|line| line.split_whitespace().eq(["2024", "Q1", "100", "1.0000", "-1.0000"])), "{table}");
    assert_eq!(std::fs::read_to_string(&even).unwrap().lines().count(), 21, "ten rows of both cells, and the header");
    assert!(out.join("over-time-category.svg").is_file() && out.join("balanced/analysis.json").is_file());
    assert!(out.join("balanced/before-after-category.png").is_file() && !out.join("before-after-category.png").exists());
    assert!(text(&all.stderr).contains("category"), "the category tells the sentiment: {}", text(&all.stderr));
    let typo = folder.path().join("typo.json");
    std::fs::write(&typo, "{\"label\":\"sentiment\",\"facets\":[]}").unwrap();
    let wrong = done(lake.path(), &["bias", "--config", typo.to_str().unwrap(), "--data", data, "--out", out_name], 1);
    assert!(text(&wrong.stderr).contains("facets"), "{}", text(&wrong.stderr));
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let lake = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<String> = (0..200)
        .map(|number| {
            let path = folder.path().join(format!("{number}.csv"));
            std::fs::write(&path, "a,b\n1,2\n").unwrap();
            path.to_str().unwrap().to_owned()
        })
        .collect();
    let mut child = fairlake(lake.path())
        .arg("ingest")
        .args(&files)
        .args(["--to", "s3://my-lake/x"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The reader goes at once.
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}
