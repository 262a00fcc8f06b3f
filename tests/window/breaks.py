"""A file with line breaks inside quotes keeps its rows from drop to query; row 1,000,000; a query that outlives its window."""
import os
import pathlib
import re
import time

from window import Window

COURSE = pathlib.Path(os.environ.get("FAIRLAKE_COURSE_DATA", "/nonexistent"))
ORIGINAL = COURSE / "kaggle_original.csv"
WORK = pathlib.Path(os.environ["HOME"])


def data():
    """The course's original file where it is, else a made one of the same kind; with its rows."""
    if ORIGINAL.exists():
        return ORIGINAL, 23_486
    path = WORK / "original.csv"
    rows = [f'{i},{i % 50 + 18},"Soft, and\nwarm: {i}",{i % 5 + 1}\n' for i in range(3_000)]
    path.write_text(",Age,Review Text,Rating\n" + "".join(rows))
    return path, 3_000


def scanned(window, sql, rows):
    """Runs a statement that gives so many rows; gives the bytes that the result says it has scanned."""
    window.run(sql)
    said = window.wait(f"{rows} · ", role="label", seconds=60).get_name()
    found = re.search(r"([\d.,]+)\s(B|KB|MB|GB) scanned", said)
    assert found, f"no bytes in '{said}'"
    number, unit = found.groups()
    return float(number.replace(",", "")) * {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9}[unit]


def keeps_rows(window, path, rows):
    window.wait("Drop files here")
    window.drop(path)
    window.wait(f"{rows:,} rows")
    # The difference is on the screen, and what cannot be read is never chosen silently.
    window.wait("Athena's CSV readers can't read")
    window.wait("AWS's crawler", exact=True)
    window.shot("20-line-breaks")
    window.press("Keep as it is", role="radio button")
    window.wait("as several broken")
    window.shot("21-kept-as-it-is")
    window.press("Store as Parquet (recommended)", role="radio button")
    window.gone("as several broken")
    window.press("Store 1 file", role="push button")
    window.wait("Catalogued as", seconds=60)
    window.press("Query it", role="push button")
    table = f"my_lake.{path.stem.lower()}"
    one = scanned(window, f"SELECT COUNT(*) AS n, SUM(rating) AS s FROM {table}", "1 row")
    assert window.cells(2)[0][0] == str(rows), window.cells(2)
    window.shot("22-counted")
    every = scanned(window, f"SELECT * FROM {table}", f"{rows:,} rows")
    assert 0 < one < every / 4, f"one column scans {one} bytes, all scan {every}"
    print(f"{rows} rows from drop to query; one Parquet column scans {one:,.0f} bytes of {every:,.0f}")
    return table


def reaches_the_last_row(window):
    window.run(
        "SELECT (a - 1) * 1000 + b AS n FROM UNNEST(sequence(1, 1000)) AS t(a) CROSS JOIN UNNEST(sequence(1, 1000)) AS u(b) ORDER BY n"
    )
    window.wait("1,000,000 rows · ", role="label", seconds=120)
    window.fill("Go to a row by its number", "1000000")
    window.keys("Return")
    window.wait("1000000", role="table cell", exact=True)
    window.shot("25-last-row")


def outlives_its_window(window, table):
    # Pairs of rows, so many that it runs for a while.
    window.run(f"SELECT COUNT(*) AS pairs FROM {table} a CROSS JOIN {table} b CROSS JOIN {table} c WHERE a.rating + b.rating > c.rating + 100")
    window.wait("Stop", role="push button", exact=True)
    time.sleep(2)
    window.close()
    again = Window()
    again.press("Query", role="page tab")
    again.wait("Stop", role="push button", exact=True)
    again.shot("23-found-again")
    again.press("Stop", role="push button", exact=True)
    again.gone("Stop", role="push button")
    again.wait("The query was stopped", seconds=30)
    again.shot("24-stopped")
    again.close()


def main():
    path, rows = data()
    window = Window()
    table = keeps_rows(window, path, rows)
    reaches_the_last_row(window)
    outlives_its_window(window, table)


main()
