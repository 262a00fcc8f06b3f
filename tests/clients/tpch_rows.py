"""Rows of the shape of TPC-H, made from a seed: few, but with something for each of the 22 queries to find."""
import datetime
import random

import pyarrow as pa

REGIONS = ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"]
NATIONS = [
    ("ALGERIA", 0), ("ARGENTINA", 1), ("BRAZIL", 1), ("CANADA", 1), ("EGYPT", 4), ("ETHIOPIA", 0), ("FRANCE", 3), ("GERMANY", 3), ("INDIA", 2),
    ("INDONESIA", 2), ("IRAN", 4), ("IRAQ", 4), ("JAPAN", 2), ("JORDAN", 4), ("KENYA", 0), ("MOROCCO", 0), ("MOZAMBIQUE", 0), ("PERU", 1),
    ("CHINA", 2), ("ROMANIA", 3), ("SAUDI ARABIA", 4), ("VIETNAM", 2), ("RUSSIA", 3), ("UNITED KINGDOM", 3), ("UNITED STATES", 1),
]
SEGMENTS = ["AUTOMOBILE", "BUILDING", "FURNITURE", "MACHINERY", "HOUSEHOLD"]
PRIORITIES = ["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"]
MODES = ["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"]
INSTRUCTIONS = ["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"]
TYPES = [["STANDARD", "SMALL", "MEDIUM", "LARGE", "ECONOMY", "PROMO"], ["ANODIZED", "BURNISHED", "PLATED", "POLISHED", "BRUSHED"],
         ["TIN", "NICKEL", "BRASS", "STEEL", "COPPER"]]
CONTAINERS = [["SM", "LG", "MED", "JUMBO", "WRAP"], ["CASE", "BOX", "BAG", "JAR", "PKG", "PACK", "CAN", "DRUM"]]
COLORS = ["almond", "azure", "beige", "black", "blue", "forest", "green", "ivory", "khaki", "lace", "navy", "red", "white"]
WORDS = ["carefully", "special", "final", "requests", "deposits", "accounts", "Customer", "Complaints", "quick", "packages", "sleep"]


def tables(seed=7, customers=150, orders=2500, parts=300, suppliers=60):
    rng = random.Random(seed)
    money = lambda low, high: round(rng.uniform(low, high), 2)
    comment = lambda: " ".join(rng.choice(WORDS) for _ in range(rng.randint(3, 7)))
    phone = lambda nation: f"{nation + 10}-{rng.randint(100, 999)}-{rng.randint(100, 999)}-{rng.randint(1000, 9999)}"
    day = lambda first, span: first + datetime.timedelta(days=rng.randrange(span))
    made = {name: [] for name in ["region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem"]}
    for key, name in enumerate(REGIONS):
        made["region"].append({"r_regionkey": key, "r_name": name, "r_comment": comment()})
    for key, (name, region) in enumerate(NATIONS):
        made["nation"].append({"n_nationkey": key, "n_name": name, "n_regionkey": region, "n_comment": comment()})
    for key in range(1, suppliers + 1):
        nation = rng.randrange(25)
        made["supplier"].append({
            "s_suppkey": key, "s_name": f"Supplier#{key:09}", "s_address": comment(), "s_nationkey": nation, "s_phone": phone(nation),
            "s_acctbal": money(-999, 9999), "s_comment": comment(),
        })
    for key in range(1, customers + 1):
        nation = rng.randrange(25)
        made["customer"].append({
            "c_custkey": key, "c_name": f"Customer#{key:09}", "c_address": comment(), "c_nationkey": nation, "c_phone": phone(nation),
            "c_acctbal": money(-999, 9999), "c_mktsegment": rng.choice(SEGMENTS), "c_comment": comment(),
        })
    for key in range(1, parts + 1):
        made["part"].append({
            "p_partkey": key, "p_name": " ".join(rng.sample(COLORS, 4)), "p_mfgr": f"Manufacturer#{rng.randint(1, 5)}",
            "p_brand": f"Brand#{rng.randint(1, 5)}{rng.randint(1, 5)}", "p_type": " ".join(rng.choice(part) for part in TYPES),
            "p_size": rng.randint(1, 50), "p_container": " ".join(rng.choice(part) for part in CONTAINERS),
            "p_retailprice": money(900, 2000), "p_comment": comment(),
        })
        for supplier in rng.sample(range(1, suppliers + 1), 4):
            made["partsupp"].append({
                "ps_partkey": key, "ps_suppkey": supplier, "ps_availqty": rng.randint(1, 9999), "ps_supplycost": money(1, 1000),
                "ps_comment": comment(),
            })
    supplied = {}
    for row in made["partsupp"]:
        supplied.setdefault(row["ps_partkey"], []).append(row["ps_suppkey"])
    for key in range(1, orders + 1):
        # A third of the customers never order.
        customer = rng.choice([c for c in range(1, customers + 1) if c % 3])
        ordered = day(datetime.date(1992, 1, 1), 2400)
        lines = rng.randint(1, 7)
        total, status = 0.0, set()
        for number in range(1, lines + 1):
            part = rng.randint(1, parts)
            shipped = day(ordered + datetime.timedelta(days=1), 121)
            received = day(shipped + datetime.timedelta(days=1), 30)
            quantity = float(rng.randint(1, 50))
            price = round(quantity * made["part"][part - 1]["p_retailprice"], 2)
            open_line = shipped > datetime.date(1995, 6, 17)
            status.add("O" if open_line else "F")
            total += price
            made["lineitem"].append({
                "l_orderkey": key, "l_partkey": part, "l_suppkey": rng.choice(supplied[part]), "l_linenumber": number, "l_quantity": quantity,
                "l_extendedprice": price, "l_discount": rng.randint(0, 10) / 100, "l_tax": rng.randint(0, 8) / 100,
                "l_returnflag": "N" if received > datetime.date(1995, 6, 17) else rng.choice("RA"), "l_linestatus": "O" if open_line else "F",
                "l_shipdate": shipped, "l_commitdate": day(ordered + datetime.timedelta(days=30), 61), "l_receiptdate": received,
                "l_shipinstruct": rng.choice(INSTRUCTIONS), "l_shipmode": rng.choice(MODES), "l_comment": comment(),
            })
        made["orders"].append({
            "o_orderkey": key, "o_custkey": customer, "o_orderstatus": status.pop() if len(status) == 1 else "P", "o_totalprice": round(total, 2),
            "o_orderdate": ordered, "o_orderpriority": rng.choice(PRIORITIES), "o_clerk": f"Clerk#{rng.randint(1, 1000):09}",
            "o_shippriority": 0, "o_comment": comment(),
        })
    return {name: pa.Table.from_pylist(rows) for name, rows in made.items()}
