//! The course's real Clarify job: its counts and its metrics, embedded.

use super::close;
use crate::bias::{
    BiasReport, Interval, MetricId, Mode, Positive, Severity, Slice, Spec, Value, changes, downsample_plan, findings, measure,
};
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};

/// Category, rows by sentiment -1, 0, 1, and Clarify's CI, DPL, JS, KL, KS, LP, TVD.
#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "as the job wrote them")]
const COURSE: [(&str, [u64; 3], [f64; 7]); 18] = [
    ("Blouses", [343, 384, 2256], [0.7363210465835764, 0.016356035010386294, 0.0001857462105914415, 0.0007371490169003868, 0.016356035010386294, 0.023130926538337464, 0.016356035010386294]),
    ("Dresses", [681, 830, 4634], [0.45681958808450457, 0.022482194527426058, 0.00035191504472418395, 0.0013924792568986467, 0.022482194527426086, 0.031794624412596124, 0.022482194527426072]),
    ("Pants", [122, 154, 1074], [0.8806682577565632, -0.026661026508742247, 0.0005218444700197562, 0.00211921490283248, 0.026661026508742247, 0.03770438527545188, 0.026661026508742233]),
    ("Knits", [498, 605, 3523], [0.5910898965791567, 0.011212710765239997, 8.799047325763623e-05, 0.0003500204847233703, 0.011212710765239997, 0.01585716763516919, 0.011212710765239983]),
    ("Intimates", [14, 16, 117], [0.9870060991779369, -0.025599402980196473, 0.0004825271886807021, 0.0019585102264678377, 0.025599402980196473, 0.03620302288324808, 0.025599402980196473]),
    ("Outerwear", [36, 29, 254], [0.9718023512772916, -0.026121240882959418, 0.0005025086644120016, 0.002040249313102087, 0.026121240882959418, 0.03694101312269575, 0.026121240882959404]),
    ("Lounge", [46, 78, 545], [0.9408644921771413, -0.04550904734100136, 0.0015734560525334784, 0.006474156986233645, 0.04550904734100139, 0.06435951196032338, 0.04550904734100138]),
    ("Sweaters", [151, 193, 1036], [0.8780164412622646, 0.021044165858330355, 0.00030465552281642213, 0.0012066321429855219, 0.021044165858330383, 0.029760944765679653, 0.02104416585833037]),
    ("Skirts", [85, 104, 714], [0.9201803235216123, -0.02105259777173263, 0.00032313174134057567, 0.0013077564970801828, 0.021052597771732656, 0.029772869291969904, 0.021052597771732642]),
    ("Fine gauge", [104, 118, 837], [0.9063908777512596, -0.02085929991405655, 0.00031698226602166167, 0.0012827039148430204, 0.020859299914056606, 0.029499504840066748, 0.020859299914056578]),
    ("Sleep", [23, 16, 175], [0.9810837090073367, -0.047723098940654296, 0.0017430247928640116, 0.007185365437869989, 0.047723098940654296, 0.0674906537603464, 0.047723098940654296]),
    ("Jackets", [72, 61, 550], [0.9396269778131353, -0.03586832088382319, 0.0009613760725999919, 0.00392836906272228, 0.035868320883823246, 0.05072546585345292, 0.03586832088382322]),
    ("Swim", [38, 42, 252], [0.9706532307964288, 0.011619637246392922, 9.384335323882461e-05, 0.0003732618684344456, 0.01161963724639295, 0.016432648583704454, 0.011619637246392936]),
    ("Trend", [21, 19, 78], [0.9895695217890922, 0.11004222980605016, 0.007480399727829958, 0.028875849682153704, 0.11004222980605016, 0.15562321382549293, 0.11004222980605013]),
    ("Jeans", [85, 110, 909], [0.9024131530098117, -0.055597053369050076, 0.0023816703136956014, 0.009874616056195683, 0.055597053369050076, 0.07862610690249139, 0.055597053369050076]),
    ("Legwear", [16, 16, 126], [0.9860337664633607, -0.02717282300791224, 0.0005450885402207345, 0.002214666707290841, 0.02717282300791224, 0.03842817482575317, 0.02717282300791224]),
    ("Shorts", [25, 39, 240], [0.9731282595244409, -0.01924700201359053, 0.0002697845333851862, 0.0010907089905694521, 0.01924700201359056, 0.027219371282642017, 0.019247002013590545]),
    ("Layering", [10, 9, 113], [0.9883320074250862, -0.08607749945440002, 0.00613773722188083, 0.026225703858078625, 0.08607749945440002, 0.12173196714357516, 0.08607749945439999]),
];

const METRICS: [MetricId; 7] = [MetricId::Ci, MetricId::Dpl, MetricId::Js, MetricId::Kl, MetricId::Ks, MetricId::Lp, MetricId::Tvd];

/// The job's counts; `rows` picks how many of each cell.
fn counts(rows: impl Fn(u64) -> u64) -> Counts {
    let facts = |name: &str, kind, distinct, values: Vec<String>| ColumnFacts {
        name: name.to_owned(),
        kind,
        distinct,
        non_null: 22_626,
        min: None,
        max: None,
        first_seen: Some(values.into_iter().map(Some).collect()),
    };
    let cells =
        COURSE.iter().flat_map(|(category, cells, _)| cells.iter().zip(["-1", "0", "1"]).map(move |(n, label)| (*category, label, *n)));
    Counts {
        facets: vec![facts("product_category", ColumnKind::Text, 18, COURSE.iter().map(|row| row.0.to_owned()).collect())],
        label: facts("sentiment", ColumnKind::Integer, 3, ["1", "0", "-1"].map(str::to_owned).into()),
        predicted: None,
        group: None,
        rows: cells
            .map(|(category, label, n)| CountRow {
                facets: vec![Some(category.to_owned())],
                label: Some(label.to_owned()),
                predicted: None,
                group: None,
                rows: rows(n),
            })
            .collect(),
    }
}

fn spec(mode: Mode) -> Spec {
    let mut spec = Spec::new(["product_category"], "sentiment", Positive::Values(vec![Value::Integer(1)]));
    spec.mode = mode;
    spec.draws = 300;
    spec
}

fn assert_is_the_job(report: &BiasReport) {
    assert_eq!(report.rows, 22_626);
    assert_eq!(report.positive, "1");
    for (value, (category, cells, metrics)) in report.facets[0].values.iter().zip(COURSE) {
        assert_eq!(value.name, category);
        assert_eq!(value.labels, cells);
        for (id, expected) in METRICS.into_iter().zip(metrics) {
            let found = value.metric(id).unwrap().value.unwrap();
            assert!((found - expected).abs() < 1e-12, "{category} {}: {found} instead of {expected}", id.name());
        }
    }
}

#[test]
fn clarify_mode_gives_the_jobs_figures() {
    assert_is_the_job(&measure(&counts(|n| n), &spec(Mode::Clarify)).unwrap());
}

#[test]
fn exact_mode_agrees_where_it_should_and_says_so_where_not() {
    let report = measure(&counts(|n| n), &spec(Mode::Exact)).unwrap();
    let facet = &report.facets[0];
    assert!(close(facet.equal_ci, 16.0 / 18.0));
    for (value, (category, _, metrics)) in facet.values.iter().zip(COURSE) {
        for (id, clarify) in METRICS.into_iter().zip(metrics) {
            let metric = value.metric(id).unwrap();
            if matches!(id, MetricId::Ci | MetricId::Dpl) {
                assert!((metric.value.unwrap() - clarify).abs() < 1e-12 && metric.differs.is_none());
            } else if let Some(differs) = &metric.differs {
                assert_eq!(differs.why.id, "bias-differs-collapsed");
                assert!((differs.value.unwrap() - clarify).abs() < 1e-12, "{category}");
            } else {
                assert!((metric.value.unwrap() - clarify).abs() < 1e-12, "{category} {}", id.name());
            }
        }
        // Merging classes can only bring distributions closer.
        assert!(value.metric(MetricId::Tvd).unwrap().value.unwrap() >= value.metric(MetricId::Dpl).unwrap().value.unwrap().abs() - 1e-12);
    }
    let trend = facet.value(&Slice::Value("Trend".to_owned())).unwrap();
    let dpl = trend.metric(MetricId::Dpl).unwrap();
    let Interval { low, high } = dpl.interval.unwrap();
    assert!(low > 0.0 && low < 0.06 && high > 0.15 && high < 0.22 && dpl.distinguishable == Some(true), "{low} {high}");
    assert!(trend.metrics.iter().filter(|metric| metric.id != MetricId::Cddl).all(|metric| metric.interval.is_some()));
}

#[test]
fn findings_name_the_figures_and_the_worst_comes_first() {
    let report = measure(&counts(|n| n), &spec(Mode::Exact)).unwrap();
    let findings = findings(&report);
    assert!(findings.windows(2).all(|pair| pair[0].severity >= pair[1].severity));
    let trend: Vec<_> = findings.iter().filter(|finding| finding.value == Some(Slice::Value("Trend".to_owned()))).collect();
    let sentence = |id| trend.iter().find(|finding| finding.metric == Some(id)).map(|finding| finding.sentence.clone()).unwrap();
    let under = sentence(MetricId::Ci);
    assert_eq!(under.id, "bias-meaning-ci-under");
    assert!(under.args.contains(&("rows".into(), 118u64.into())) && under.args.contains(&("equal".into(), 1257u64.into())));
    assert_eq!(sentence(MetricId::Dpl).id, "bias-meaning-dpl-fewer");
    assert!(trend.iter().all(|finding| finding.severity == Severity::Fail));
    assert!(findings.iter().any(|finding| finding.sentence.id == "bias-remark-chance"));
}

#[test]
fn the_labs_balancing_leaves_the_class_imbalance_alone() {
    let unbalanced = counts(|n| n);
    let plan = downsample_plan(&unbalanced, &spec(Mode::Exact), &["product_category"]).unwrap();
    let smallest = plan.smallest().unwrap();
    assert_eq!((smallest.facets.as_slice(), smallest.label.as_str(), smallest.rows), (&["Layering".to_owned()][..], "0", 9));
    assert_eq!((plan.total(), plan.missing.len(), plan.left_out), (486, 0, 0));
    let before = measure(&unbalanced, &spec(Mode::Clarify)).unwrap();
    let after = measure(&counts(|_| 9), &spec(Mode::Clarify)).unwrap();
    for change in changes(&before, &after).into_iter().filter(|change| change.metric != MetricId::Cddl) {
        let expected = if change.metric == MetricId::Ci { 8.0 / 9.0 } else { 0.0 };
        assert!(close(change.after.unwrap(), expected), "{change:?}");
        assert!(change.before.is_some());
    }
    let findings = findings(&after);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Pass), "{findings:?}");
}

#[test]
fn the_same_seed_gives_the_same_report_and_json_keeps_it() {
    let report = measure(&counts(|n| n), &spec(Mode::Exact)).unwrap();
    assert_eq!(report, measure(&counts(|n| n), &spec(Mode::Exact)).unwrap());
    let mut other = spec(Mode::Exact);
    other.seed = 1;
    assert_ne!(report, measure(&counts(|n| n), &other).unwrap());
    let text = serde_json::to_string(&report).unwrap();
    let mut read: BiasReport = serde_json::from_str(&text).unwrap();
    // Reading a number may move its last digit; nothing else may move.
    for (value, read) in report.facets[0].values.iter().zip(&mut read.facets[0].values) {
        for (metric, read) in value.metrics.iter().zip(&mut read.metrics) {
            assert!(metric.value.zip(read.value).is_none_or(|(left, right)| close(left, right)));
            assert_eq!(metric.interval.is_some(), read.interval.is_some());
            read.clone_from(metric);
        }
        read.disparity = value.disparity;
    }
    read.balance = report.balance;
    read.facets[0].balance = report.facets[0].balance;
    assert_eq!(read, report);
    let text = serde_json::to_string(&spec(Mode::Exact)).unwrap();
    assert_eq!(serde_json::from_str::<Spec>(&text).unwrap(), spec(Mode::Exact));
}
