"""The whole job: drop a file, store, crawl, query, measure, export; then close and come back."""
import json
import os
import pathlib
import sys
import time

from window import Window

COURSE = pathlib.Path(os.environ.get("FAIRLAKE_COURSE_DATA", "/nonexistent"))
GOLDEN = COURSE.parent / "golden" / "clarify_unbalanced_analysis.json"
WORK = pathlib.Path(os.environ["HOME"])
REVIEWS = COURSE / "womens_clothing_ecommerce_reviews_transformed.csv"


def data():
    """The course's file where it is, else one of the same columns; with its rows and its facets."""
    if REVIEWS.exists():
        return REVIEWS, 22_626
    print("the course's file is not here: the window is driven with a made one", file=sys.stderr)
    path = WORK / "reviews.csv"
    rows = [f"{(-1, 0, 1, 1)[i % 4]},\"Well made, number {i}\",{('Dresses', 'Knits', 'Trend')[i % 7 % 3]}\n" for i in range(2_800)]
    path.write_text("sentiment,review_body,product_category\n" + "".join(rows))
    return path, 2_800


def ingest(window, path, rows):
    window.wait("Drop files here")
    window.shot("01-empty")
    window.press("Bias", role="page tab")
    window.drop(path)
    window.wait(f"{rows:,} rows")
    window.shot("02-preview")
    window.press("Store 1 file", role="push button")
    window.wait("Catalogued as", seconds=60)
    window.shot("03-stored")


def query(window, table, course):
    window.press("Query it", role="push button")
    window.run(f"SELECT product_category, COUNT(*) AS n FROM {table} GROUP BY product_category ORDER BY n DESC")
    window.wait("Dresses", seconds=60)
    window.shot("04-result")
    if course:
        top = window.cells(2)[:5]
        assert top == [("Dresses", "6145"), ("Knits", "4626"), ("Blouses", "2983"), ("Sweaters", "1380"), ("Pants", "1350")], top
    window.press("Chart", role="radio button", exact=True)
    time.sleep(1)
    window.shot("05-chart")
    chart = WORK / "chart.svg"
    window.save("Export", "SVG picture", chart)
    text = chart.read_text()
    assert "<svg" in text[:300] and "Dresses" in text, "the chart is no SVG of the result"
    window.run(f"SELECT nothing FROM {table}")
    window.wait("Column 'nothing' cannot be resolved", seconds=30)
    window.shot("06-error")


def crawl(window):
    """A crawler made in the form finds the stored file, and is a Glue crawler."""
    window.press("Catalog", role="page tab")
    window.press("Crawler", role="push button", exact=True)
    window.fill("Folder 1", "s3://my-lake/data/")
    window.keys("Tab")
    window.fill("Name", "window-crawler", exact=True)
    window.fill("Database that receives the tables", "crawled")
    window.keys("Escape")
    window.shot("07-crawler")
    window.press("Create and run", role="push button")
    window.wait("Completed", seconds=60)
    window.shot("08-crawled")


def measure(window, table, course):
    window.press("Bias", role="page tab")
    window.press("Source", role="combo box")
    window.press(table)
    window.wait("Positive", seconds=30)
    window.press("How it is measured", exact=True)
    window.press("Clarify", role="radio button", exact=True)
    window.press("Measure", role="push button", exact=True)
    window.wait("under-represented", seconds=60)
    window.shot("09-bias")
    analysis = WORK / "analysis.json"
    window.save("Export", "analysis.json, as Clarify writes it", analysis)
    if course:
        compare(json.loads(analysis.read_text()), json.loads(GOLDEN.read_text()))
    window.press("Metrics", role="radio button", exact=True)
    window.shot("10-metrics")
    window.press("Heat map", role="radio button", exact=True)
    window.shot("11-heat-map")


def compare(ours, theirs):
    """Every metric of the real Clarify job, to 1e-12."""
    def metrics(analysis):
        facets = analysis["pre_training_bias_metrics"]["facets"]["product_category"]
        return {(f["value_or_threshold"], m["name"]): m["value"] for f in facets for m in f["metrics"]}

    ours, theirs = metrics(ours), metrics(theirs)
    missing = theirs.keys() - ours.keys()
    assert not missing, f"not measured: {sorted(missing)[:5]}"
    worst = max(abs(ours[key] - theirs[key]) for key in theirs)
    assert len(theirs) == 126 and worst < 1e-12, f"{worst} away from Clarify"
    print(f"{len(theirs)} metrics agree with the real Clarify job, the farthest by {worst:.1e}")


def idle(window):
    """A window with nothing to do does no work."""
    time.sleep(10)
    before = window.cpu_seconds()
    time.sleep(5)
    used = window.cpu_seconds() - before
    assert used < 0.25, f"the idle window used {used:.2f} s of processor time in five seconds"
    print(f"idle: {used:.2f} s of processor time in five seconds")


def broken(window):
    """A file that is no table says so, and where."""
    path = WORK / "ragged.csv"
    path.write_text("a,b\n1,2\n3,4,5\n")
    window.drop(path)
    window.wait("row 3", seconds=20)
    window.shot("12-ragged")


def main():
    path, rows = data()
    course = path == REVIEWS
    table = f"my_lake.{path.stem.lower()}"
    window = Window()
    ingest(window, path, rows)
    query(window, table, course)
    crawl(window)
    measure(window, table, course)
    broken(window)
    idle(window)
    window.close()
    again = Window()
    again.press("Query", role="page tab")
    # The editor is back, and so is how its last query ended.
    again.wait("Column 'nothing' cannot be resolved", seconds=20)
    again.shot("13-again")
    again.close()


main()
