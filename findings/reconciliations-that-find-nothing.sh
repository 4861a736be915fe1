#!/usr/bin/env bash
# What the shop has recorded as paid, compared with what the bank has, order by order, as one reconciles: what libraries
# that compare tables find, seen on 2026-12-01 with Python 3.11. Order 17 has cost 12.50.
# - csv-diff 1.2 (PyPI), by the key of the order, finds no difference when the bank has the payment of order 17 twice,
#   nor when it has one of 99.00 before the right one: of lines with one key it keeps the last.
# - assert_frame_equal of pandas 3.0.6 and of polars 1.33.1 (PyPI) lets 250002.49 pass for 250000.00: without options
#   it allows a hundred-thousandth of the amount. Both refuse 12.51 for 12.50, as a test would have it, whole numbers
#   of cents, and decimals. equals() of both is exact.
# - An amount that is missing: polars, where one joins both and looks for paid != paid_bank, drops the line, since null
#   is neither equal nor different there; pandas' NaN is different from each amount, and from another one that is
#   missing. ne_missing() of polars takes null for a value.
# - Payments without the number of an order: pandas' merge joins those of both sides with each other, two and two to
#   four, also where their amounts differ; polars joins none, and an inner join loses them.
# - datacompy 1.1.0 and daff 1.4.2 (PyPI) find the payment that came twice, the wrong one and the missing amount.
# What to do: look for keys that come twice, and that are missing, on both sides before; compare counts and sums after;
# cents, or decimals. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check datacompy==1.1.0 pandas==3.0.6 polars==1.33.1 numpy==2.4.6 \
  csv-diff==1.2 daff==1.4.2
cat >reconcile.py <<'END'
import csv
import io
import logging
from decimal import Decimal

import csv_diff
import daff
import datacompy
import pandas
import polars
from polars.testing import assert_frame_equal

logging.disable()
SHOP = "order,paid\n16,5.00\n17,12.50\n"
BANK = {
    "the same": SHOP,
    "17 twice": SHOP + "17,12.50\n",
    "17 wrong, then right": "order,paid\n16,5.00\n17,99.00\n17,12.50\n",
    "17 without an amount": "order,paid\n16,5.00\n17,\n",
}

def by_csv_diff(shop, bank):
    read = [csv_diff.load_csv(io.StringIO(text), key="order") for text in (shop, bank)]
    return sum(len(found) for found in csv_diff.compare(*read).values())

def by_daff(shop, bank):
    tables = [daff.PythonTableView(list(csv.reader(io.StringIO(text)))) for text in (shop, bank)]
    flags, lines = daff.CompareFlags(), []
    flags.ids = ["order"]
    daff.TableDiff(daff.Coopy.compareTables(*tables, flags).align(), flags).hilite(daff.PythonTableView(lines))
    return sum(line[0] in ("->", "+++", "---") for line in lines)

def by_datacompy(shop, bank):
    frames = [pandas.read_csv(io.StringIO(text)) for text in (shop, bank)]
    return int(not datacompy.PandasCompare(*frames, join_columns="order").matches())

def by_pandas(shop, bank):
    shop, bank = (pandas.read_csv(io.StringIO(text)) for text in (shop, bank))
    joined = shop.merge(bank, on="order", how="outer", suffixes=("", "_bank"))
    return int((joined.paid != joined.paid_bank).sum())

def by_polars(shop, bank, different=lambda: polars.col("paid") != polars.col("paid_bank")):
    shop, bank = (polars.read_csv(io.StringIO(text)) for text in (shop, bank))
    return shop.join(bank, on="order", how="full", suffix="_bank").filter(different()).height

def by_ne_missing(shop, bank):
    return by_polars(shop, bank, lambda: polars.col("paid").ne_missing(polars.col("paid_bank")))

for name, compare in {"csv-diff": by_csv_diff, "daff": by_daff, "datacompy": by_datacompy, "pandas, merge": by_pandas,
                      "polars, join": by_polars, "polars, ne_missing": by_ne_missing}.items():
    found = [f"{case}: {'difference' if compare(SHOP, bank) else 'none'}" for case, bank in BANK.items()]
    print(f"{name}: {', '.join(found)}")

def raises(check, *frames):
    try:
        check(*frames)
        return "equal"
    except AssertionError:
        return "different"

PAIRS = {
    "250000.00 and 250002.49": (250000.00, 250002.49),
    "12.50 and 12.51": (12.50, 12.51),
    "cents": (25000000, 25000249),
    "decimals": (Decimal("250000.00"), Decimal("250002.49")),
}
for name, frame, check in (
        ("pandas, assert_frame_equal", pandas.DataFrame, pandas.testing.assert_frame_equal),
        ("polars, assert_frame_equal", polars.DataFrame, assert_frame_equal)):
    found = [f"{case}: {raises(check, *(frame({'paid': [paid]}) for paid in pair))}" for case, pair in PAIRS.items()]
    print(f"{name}: {', '.join(found)}")
for name, frame in (("pandas, equals", pandas.DataFrame), ("polars, equals", polars.DataFrame)):
    shop, bank = (frame({"paid": [amount]}) for amount in PAIRS["250000.00 and 250002.49"])
    print(f"{name}: 250000.00 and 250002.49: {'equal' if shop.equals(bank) else 'different'}")

shop, bank = "order,paid\n,12.50\n,8.00\n", "order,paid\n,99.00\n,8.00\n"
frames = [pandas.read_csv(io.StringIO(text)) for text in (shop, bank)]
print(f"pandas, payments without an order: {len(frames[0].merge(frames[1], on='order'))} pairs")
types = {"order": polars.Int64, "paid": polars.Float64}
frames = [polars.read_csv(io.StringIO(text), schema=types) for text in (shop, bank)]
print(f"polars, payments without an order: {frames[0].join(frames[1], on='order').height} pairs")
END
python/bin/python reconcile.py | tee seen
diff seen - <<'END'
csv-diff: the same: none, 17 twice: none, 17 wrong, then right: none, 17 without an amount: difference
daff: the same: none, 17 twice: difference, 17 wrong, then right: difference, 17 without an amount: difference
datacompy: the same: none, 17 twice: difference, 17 wrong, then right: difference, 17 without an amount: difference
pandas, merge: the same: none, 17 twice: none, 17 wrong, then right: difference, 17 without an amount: difference
polars, join: the same: none, 17 twice: none, 17 wrong, then right: difference, 17 without an amount: none
polars, ne_missing: the same: none, 17 twice: none, 17 wrong, then right: difference, 17 without an amount: difference
pandas, assert_frame_equal: 250000.00 and 250002.49: equal, 12.50 and 12.51: different, cents: different, decimals: different
polars, assert_frame_equal: 250000.00 and 250002.49: equal, 12.50 and 12.51: different, cents: different, decimals: different
pandas, equals: 250000.00 and 250002.49: different
polars, equals: 250000.00 and 250002.49: different
pandas, payments without an order: 4 pairs
polars, payments without an order: 0 pairs
END
echo "as described"
