#!/usr/bin/env bash
# Prices with two decimals in files of Parquet and Arrow, as orders are exported and analysed, between JavaScript and
# Python, seen on 2026-12-01 with Node.js 20 and Python 3.11: @dsnp/parquetjs 1.8.8, hyparquet 1.33.0 and apache-arrow
# 21.2.0 (npm), pyarrow 26.0.1 (PyPI), which writes and reads all of them right.
# - parquetjs writes a DECIMAL by cutting off what the binary fraction times a hundred has behind the point: 19.99 is
#   19.98 in the file, 0.29 is 0.28, and 1.15 is 1.14. 12.50 and 12.34, as a test would take, stay. No error.
# - With a precision of up to 9 it reads its own file otherwise than pyarrow and hyparquet do: 12.5, 0, 12.34, 0 where
#   12.5, 12.34, -12.5, 19.98 are. Orders get the prices of others, and half of the prices are lost.
# - It gives bytes for a decimal of pyarrow's, and refuses those that pyarrow writes as INT64.
# - apache-arrow gives the number without its point: 12.50 is 1250 by String(). A column of scale 4 beside it has
#   125000 for the same price.
# - hyparquet has numbers: 12.5, and 1234567890123456.8 for 1234567890123456.78.
# What to do: whole cents as INT64, which both read as they are, and not DECIMAL, in whatever JavaScript writes or
# reads; with apache-arrow the scale of the column's type; and the sum of a file, compared by another library.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @dsnp/parquetjs@1.8.8 hyparquet@1.33.0 apache-arrow@21.2.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check pyarrow==26.0.1
cat >write.cjs <<'END'
const { ParquetReader, ParquetSchema, ParquetWriter } = require('@dsnp/parquetjs');

async function run() {
  for (const precision of [9, 15]) {
    const file = `javascript-${precision}.parquet`;
    const writer = await ParquetWriter.openFile(
      new ParquetSchema({ total: { type: 'DECIMAL', precision, scale: 2 } }), file);
    for (const total of [12.5, 12.34, -12.5, 19.99, 0.29, 1.15]) await writer.appendRow({ total });
    await writer.close();
  }
}
run();
END
cat >write.py <<'END'
from decimal import Decimal
import pyarrow as pa, pyarrow.parquet as pq

def column(scale, *prices):
    return pa.array([Decimal(price) for price in prices], pa.decimal128(18, scale))

table = pa.table({"total": column(2, "12.50", "-12.50", "1234567890123456.78"),
                  "fine": column(4, "12.50", "0.05", "1")})
cents = pa.table({"total": pa.array([1250, -1250, 1999], pa.int64())})
pq.write_table(cents, "cents.parquet")
pq.write_table(table, "python.parquet")
pq.write_table(table, "python-integer.parquet", store_decimal_as_integer=True)
with pa.OSFile("python.arrow", "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
    writer.write_table(table)
END
cat >read.py <<'END'
import pyarrow as pa, pyarrow.parquet as pq

for precision in 9, 15:
    column = pq.read_table(f"javascript-{precision}.parquet")["total"]
    print(f"pyarrow of parquetjs, precision {precision}:", *column.to_pylist())
for name in "python", "python-integer":
    print(f"pyarrow of {name}:", *pq.read_table(f"{name}.parquet")["total"].to_pylist())
print("pyarrow of Arrow:", *pa.ipc.open_file("python.arrow").read_all()["total"].to_pylist())
END
cat >read.mjs <<'END'
import { readFileSync } from 'node:fs';
import parquetjs from '@dsnp/parquetjs';
import { tableFromIPC } from 'apache-arrow';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

async function byParquetjs(file) {
  const reader = await parquetjs.ParquetReader.openFile(file);
  const cursor = reader.getCursor();
  const totals = [];
  for (let row; (row = await cursor.next());) totals.push(row.total);
  await reader.close();
  return totals.map((total) => (Buffer.isBuffer(total) ? 'bytes' : total));
}
async function byHyparquet(file) {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
  return rows.map(({ total }) => total);
}
for (const [name, read] of [['parquetjs', byParquetjs], ['hyparquet', byHyparquet]]) {
  for (const file of ['javascript-9', 'javascript-15', 'python', 'python-integer', 'cents']) {
    const shown = await read(`${file}.parquet`).then((totals) => totals.join(' '), () => 'raises');
    console.log(`${name} of ${file}: ${shown}`);
  }
}
const table = tableFromIPC(readFileSync('python.arrow'));
for (const member of ['total', 'fine']) {
  const column = table.getChild(member);
  console.log(`apache-arrow, ${member}: ${[...column].map(String).join(' ')}, scale ${column.type.scale}`);
}
END
{
  node write.cjs
  python/bin/python write.py
  python/bin/python read.py
  node read.mjs
} | tee seen
diff seen - <<'END'
pyarrow of parquetjs, precision 9: 12.50 12.34 -12.50 19.98 0.28 1.14
pyarrow of parquetjs, precision 15: 12.50 12.34 -12.50 19.98 0.28 1.14
pyarrow of python: 12.50 -12.50 1234567890123456.78
pyarrow of python-integer: 12.50 -12.50 1234567890123456.78
pyarrow of Arrow: 12.50 -12.50 1234567890123456.78
parquetjs of javascript-9: 12.5 0 12.34 0 -12.5 -0.01
parquetjs of javascript-15: 12.5 12.34 -12.5 19.98 0.28 1.14
parquetjs of python: bytes bytes bytes
parquetjs of python-integer: raises
parquetjs of cents: 1250 -1250 1999
hyparquet of javascript-9: 12.5 12.34 -12.5 19.98 0.28 1.14
hyparquet of javascript-15: 12.5 12.34 -12.5 19.98 0.28 1.14
hyparquet of python: 12.5 -12.5 1234567890123456.8
hyparquet of python-integer: 12.5 -12.5 1234567890123456.8
hyparquet of cents: 1250 -1250 1999
apache-arrow, total: 1250 -1250 123456789012345678, scale 2
apache-arrow, fine: 125000 500 10000, scale 4
END
echo "as described"
