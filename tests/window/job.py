"""The whole job in the real window: drop a file, store, crawl, query, measure, export; then close and come back."""
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


def separated(number):
    return f"{number:,}"


def ingest(window, path, rows):
    window.wait("Drop files here")
    window.shot("1-empty")
    window.press("Bias", role="page tab")
    window.drop(path)
    window.wait(separated(rows))
    window.shot("2-preview")
    window.press("Store 1 file", role="push button")
    window.wait("Catalogued as", seconds=60)
    window.shot("3-stored")


def query(window, rows):
    window.press("Query it", role="push button")
    editor = window.wait("SQL", exact=True)
    editor.get_component_iface().grab_focus()
    window.keys("ctrl+a")
    window.type("SELECT product_category, COUNT(*) AS n FROM " + table() + " GROUP BY product_category ORDER BY n DESC")
    window.keys("Escape", "ctrl+Return")
    window.wait("Dresses", seconds=60)
    window.shot("4-result")
    window.press("Chart", role="page tab")
    window.wait("n by product_category", seconds=30)
    window.shot("5-chart")
    chart = WORK / "chart.svg"
    save(window, "Export", "SVG picture", chart)
    text = chart.read_text()
    assert text.startswith("<svg") or "<svg" in text[:200], "the chart is no SVG"
    assert "Dresses" in text


def save(window, button, entry, path):
    """Exports through a menu and the save dialog."""
    window.press(button, role="push button")
    window.press(entry)
    window.wait("Path").get_component_iface().grab_focus()
    window.keys("ctrl+a")
    window.type(str(path))
    window.press("Save", role="push button", exact=True)
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} was not written"
        time.sleep(0.1)


def table():
    return TABLE


def idle(window):
    """A window with nothing to do does no work."""
    time.sleep(3)
    before = window.cpu_seconds()
    time.sleep(5)
    used = window.cpu_seconds() - before
    assert used < 0.15, f"the idle window used {used:.2f} s of processor time in five seconds"


def main():
    global TABLE
    path, rows = data()
    TABLE = "my_lake." + path.stem.lower()
    window = Window()
    ingest(window, path, rows)
    query(window, rows)
    window.press("Bias", role="page tab")
    window.shot("6-bias")
    idle(window)
    window.close()
    again = Window()
    again.wait("Bias", role="page tab")
    again.shot("9-again")
    again.close()
    print("1 passed, 0 failed")


main()
