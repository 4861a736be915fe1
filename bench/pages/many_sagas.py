"""Copies the sagas of a file until it has many: bench/pages/many_sagas.py FILE COUNT

The copies have ids and numbers of their own, and every row of theirs that lists and statistics read. No node may run.
"""
import os
import sqlite3
import sys
import time

file, count = sys.argv[1], int(sys.argv[2])
database = sqlite3.connect(file)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = OFF")
names = [row[1] for row in database.execute("PRAGMA table_info(flow)")]
originals = database.execute(
    "SELECT %s FROM flow WHERE saga_status IN (1, 2, 4)" % ", ".join(names)).fetchall()
number, ended = database.execute("SELECT max(no) FROM flow").fetchone()[0], time.time_ns() // 1_000_000
at = {name: position for position, name in enumerate(names)}
added = {}


def copies():
    for i in range(count):
        row = list(originals[i % len(originals)])
        row[at["no"]] = number + 1 + i
        milliseconds = ended + i // 100
        row[at["id"]] = milliseconds.to_bytes(6, "big") + b"\x70\x00" + os.urandom(8)
        row[at["correlation"]] = row[at["saga_key"]] = None
        key = row[at["definition"]] * 8 + row[at["saga_status"]]
        added[key] = added.get(key, 0) + 1
        yield row


database.executemany("INSERT INTO flow VALUES (%s)" % ", ".join("?" * len(names)), copies())
for key, n in added.items():
    database.execute("UPDATE counter SET n = n + ? WHERE kind = 'saga' AND what = ?", (n, key))
database.execute("UPDATE progress SET last_flow = ?", (number + count,))
database.commit()
database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
print(database.execute("SELECT count(*) FROM flow").fetchone()[0])
