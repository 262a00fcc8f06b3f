"""Bias metrics from counts: Athena counts the rows, only the counts travel, and the definitions do the rest.

    pip install awswrangler
    python THIS_FILE            print every figure as JSON
"""
import json
import math

import pandas as pd

QUESTION = "@QUESTION@"


def counts():
    pass  # @COUNTS@


def number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def text(value):
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def missing(value):
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def among(value, wanted):
    same = lambda one: str(one).lower() == str(value).lower() if isinstance(one, bool) else str(one) == str(value)
    return any(same(one) or (number(one) is not None and number(one) == number(value)) for one in wanted)


def chosen(value, choice):
    """Whether a value is among the chosen ones, or above the threshold."""
    if missing(value):
        return False
    return float(value) > choice["above"] if "above" in choice else among(value, choice["values"])


def part(row, facet):
    """The name of the part of a facet that a row falls in; None where it is left out."""
    values = [row[column] for column in facet["columns"]]
    if any(missing(value) for value in values) and not QUESTION["keep_nulls"]:
        return None
    if "bins" in facet:
        value, edges = values[0], facet["bins"]
        if missing(value):
            return "NULL"
        at = sum(float(value) > edge for edge in edges)
        if at == 0:
            return f"≤ {text(edges[0])}"
        return f"> {text(edges[-1])}" if at == len(edges) else f"({text(edges[at - 1])}, {text(edges[at])}]"
    if "values" in facet or "above" in facet:
        return "examined" if chosen(values[0], facet) else "others"
    return " · ".join("NULL" if missing(value) else text(value) for value in values)


def divide(part, whole):
    """A ratio; None where nothing is divided by nothing."""
    return part / whole if whole else (None if part == 0 else math.inf)


def less(left, right):
    if left is None or right is None or (math.isinf(left) and left == right):
        return None
    return left - right


def disparity(cells, key):
    """Conditional demographic disparity over cells of (examined, favourable, group, rows)."""
    total, rows = 0.0, 0
    for group in {cell["group"] for cell in cells}:
        of = lambda good, d=None: sum(c["rows"] for c in cells if c["group"] == group and c[key] is good and d in (None, c["d"]))
        good, bad = of(True), of(False)
        if good and bad:
            total += (good + bad) * (of(False, True) / bad - of(True, True) / good)
            rows += good + bad
    return total / rows if rows else None


def figures(cells):
    """Every metric of one comparison: the examined rows (d) against the others (a)."""
    def rows(d, **wanted):
        return sum(c["rows"] for c in cells if c["d"] is d and all(c[name] == value for name, value in wanted.items()))

    a, d = rows(False), rows(True)
    found = {"CI": less(divide(a, a + d), divide(d, a + d))}
    if a and d:
        classes = sorted({c["class"] for c in cells})
        pairs = [(rows(False, **{"class": one}) / a, rows(True, **{"class": one}) / d) for one in classes]
        kl = lambda pairs: sum(p * math.log(p / q) if q else math.inf for p, q in pairs if p)
        found["DPL"] = rows(False, good=True) / a - rows(True, good=True) / d
        found["KL"] = kl(pairs)
        found["JS"] = (kl([(p, (p + q) / 2) for p, q in pairs]) + kl([(q, (p + q) / 2) for p, q in pairs])) / 2
        found["LP"] = math.sqrt(sum((p - q) ** 2 for p, q in pairs))
        found["TVD"] = sum(abs(p - q) for p, q in pairs) / 2
        found["KS"] = max(abs(p - q) for p, q in pairs)
    if QUESTION["group"]:
        found["CDDL"] = disparity([c for c in cells if c["group"] is not None], "good")
    if not QUESTION["predicted"]:
        return found
    cells = [c for c in cells if c["said"] is not None]
    tp, fp, tn, fn = ({side: rows(side, said=said, good=good) for side in (False, True)}
                      for said, good in ((True, True), (True, False), (False, False), (False, True)))
    n = {side: tp[side] + fp[side] + tn[side] + fn[side] for side in (False, True)}
    rate = lambda part, whole: {side: divide(part(side), whole(side)) for side in (False, True)}
    if n[False] and n[True]:
        said = rate(lambda s: tp[s] + fp[s], lambda s: n[s])
        found["DPPL"] = said[False] - said[True]
        found["DI"] = divide(said[True], said[False])
        pairs = {
            "DCA": (rate(lambda s: tp[s] + fn[s], lambda s: tp[s] + fp[s]), False),
            "DCR": (rate(lambda s: tn[s] + fp[s], lambda s: tn[s] + fn[s]), True),
            "SD": (rate(lambda s: tn[s], lambda s: tn[s] + fp[s]), True),
            "RD": (rate(lambda s: tp[s], lambda s: tp[s] + fn[s]), False),
            "DAR": (rate(lambda s: tp[s], lambda s: tp[s] + fp[s]), False),
            "DRR": (rate(lambda s: tn[s], lambda s: tn[s] + fn[s]), True),
            "AD": (rate(lambda s: tp[s] + tn[s], lambda s: n[s]), False),
            "TE": (rate(lambda s: fn[s], lambda s: fp[s]), True),
        }
        for name, (ratio, first) in pairs.items():
            found[name] = less(ratio[first], ratio[not first])
    if QUESTION["group"]:
        found["CDDPL"] = disparity([c for c in cells if c["group"] is not None], "said")
    benefits = [(c["said"] - c["good"] + 1, c["rows"]) for c in cells]
    total = sum(count for _, count in benefits)
    mean = sum(benefit * count for benefit, count in benefits) / total if total else 0
    found["GE"] = sum(((benefit / mean) ** 2 - 1) * count for benefit, count in benefits) / (2 * total) if mean else None
    return found


def main():
    keep, question = QUESTION["keep_nulls"], QUESTION
    table = counts().astype(object)
    prepared = []
    for row in table.to_dict("records"):
        label, said, group = row[question["label"]], row.get(question["predicted"]), row.get(question["group"])
        if missing(label) and not keep:
            continue
        good = chosen(label, question["positive"])
        prepared.append((row, {
            "good": good,
            "class": str(good) if "above" in question["positive"] else "NULL" if missing(label) else text(label),
            "said": None if not question["predicted"] or (missing(said) and not keep) else chosen(said, question["positive"]),
            "group": "NULL" if missing(group) and keep else None if missing(group) else text(group),
            "rows": int(row["rows"]),
        }))
    answer = {}
    for facet in question["facets"]:
        parts = {}
        for row, cell in prepared:
            name = part(row, facet)
            if name is not None:
                parts.setdefault(name, []).append(cell)
        sizes = {name: sum(cell["rows"] for cell in cells) for name, cells in parts.items()}
        reference = max(sizes, key=sizes.get) if question["reference"] == "largest" else question["reference"]
        found = {}
        for name in parts:
            if name == reference or ("values" in facet or "above" in facet) and name == "others":
                continue
            rest = [reference] if reference else [other for other in parts if other != name]
            cells = [{**cell, "d": True} for cell in parts[name]]
            cells += [{**cell, "d": False} for other in rest for cell in parts.get(other, [])]
            values = figures(cells)
            wanted = question["metrics"] or list(values)
            found[name] = {metric: values[metric] for metric in wanted if metric in values}
        answer[" · ".join(facet["columns"])] = found
    print(json.dumps(answer, indent=4, ensure_ascii=False).replace("-Infinity", '"-Infinity"').replace(": Infinity", ': "Infinity"'))


if __name__ == "__main__":
    main()
