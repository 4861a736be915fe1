#!/usr/bin/env bash
# Times of PostgreSQL 15 (Debian 12), which counts microseconds, as drivers give them, seen on 2026-11-30 with Node.js
# 20, Python 3.11 and Java 17: pg 8.23.1 and postgres 3.4.9 (npm), psycopg 3.3.9, asyncpg 0.32.0 and pg8000
# 1.31.6 (PyPI), org.postgresql:postgresql 42.7.7 (Maven Central).
# - Both of npm give a Date, in milliseconds, and drop the rest. So "UPDATE ... WHERE changed = $1" with the value that
#   was read changes no row, as if somebody else had changed it, each time but one in a thousand; and a next page,
#   "WHERE changed > $1 ORDER BY changed", begins with the last row of the page before. If a page has only rows of one
#   millisecond it comes again without end. Drivers of Python and Java bring the row back whole.
# - 'infinity', such as "never expires", is Infinity by pg, which JSON makes null; an invalid Date by postgres, which
#   JSON makes null as well; the year 9999 by asyncpg; a text by pg8000; the year 292278994 by JDBC's Timestamp.
#   psycopg raises DataError at fetchone(), whatever else is in the row.
# - A timestamp without a zone, as many write UTC into, is taken for the time of the reader's own zone by pg, postgres
#   and JDBC: read in Seoul, 13:04 becomes 04:04Z.
# What to do: compare by a version number or by xmin; page by (time, id), with changed::text as the cursor; timestamptz,
# or placed AT TIME ZONE 'UTC'; NULL for never, or nullif(expires, 'infinity') where it is read.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
chmod 755 "$folder"
bin=$folder/debian/usr/lib/postgresql/15/bin
# The server does not run as root.
unprivileged() {
  if ((EUID)); then "$@"; else setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; fi
}
finish() {
  local data=$folder/server/data
  [[ ! -e $data/postmaster.pid ]] || unprivileged "$bin/pg_ctl" -D "$data" -m fast -w stop >/dev/null
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
apt-get download postgresql-15 >/dev/null 2>apt.log
dpkg -x postgresql-15_*.deb debian
npm install --silent --no-audit --no-fund pg@8.23.1 postgres@3.4.9 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check 'psycopg[binary]==3.3.9' asyncpg==0.32.0 pg8000==1.31.6
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies><dependency>'
  echo '<groupId>org.postgresql</groupId><artifactId>postgresql</artifactId><version>42.7.7</version>'
  echo '</dependency></dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >read.js <<'END'
const pg = require('pg');
const postgres = require('postgres');
const at = { host: '127.0.0.1', port: Number(process.argv[2]), user: 'shop', database: 'postgres' };
const update = 'UPDATE orders SET total = total WHERE changed = $1';
const next = 'SELECT id FROM orders WHERE changed > $1 ORDER BY changed';

function show(name, row, changed, page) {
  console.log(`${name}: read ${row.changed.toISOString().slice(11, -1)}, rows changed ${changed}, next page from`
    + ` ${page[0]?.id}, placed ${row.placed.toISOString().slice(11, 19)}Z, expires ${row.expires}, in JSON`
    + ` ${JSON.stringify(row.expires)}`);
}

(async () => {
  const client = new pg.Client(at);
  await client.connect();
  const { rows: [row] } = await client.query('SELECT * FROM orders WHERE id = 1');
  show('pg', row, (await client.query(update, [row.changed])).rowCount, (await client.query(next, [row.changed])).rows);
  await client.end();
  const sql = postgres(at);
  const [same] = await sql`SELECT * FROM orders WHERE id = 1`;
  show('postgres', same, (await sql.unsafe(update, [same.changed])).count, await sql.unsafe(next, [same.changed]));
  await sql.end();
})();
END
cat >read.py <<'END'
import asyncio, sys
import asyncpg, pg8000.dbapi, psycopg

at = {"host": "127.0.0.1", "port": int(sys.argv[1]), "user": "shop", "database": "postgres"}
one, began, never = (f"SELECT {column} FROM orders WHERE id = 1" for column in ("changed", "placed", "expires"))
update = "UPDATE orders SET total = total WHERE changed = {}"
next_page = "SELECT id FROM orders WHERE changed > {} ORDER BY changed"

def show(name, read, changed, page, placed, expires):
    print(f"{name}: read {read.isoformat()[11:26]}, rows changed {changed}, next page from {page},",
          f"placed {placed.isoformat()[11:19]}, expires {expires}")

def plain(name, connection):
    cursor = connection.cursor()
    def value(statement, *parameters):
        cursor.execute(statement.format("%s"), parameters)
        return cursor.fetchone()[0]
    read = value(one)
    cursor.execute(update.format("%s"), (read,))
    changed = cursor.rowcount
    try:
        expires = repr(value(never))
    except psycopg.DataError as error:
        expires = f"raises DataError, {error}"
    show(name, read, changed, value(next_page, read), value(began), expires)
    connection.close()

async def with_asyncpg():
    connection = await asyncpg.connect(**at)
    read = await connection.fetchval(one)
    changed = (await connection.execute(update.format("$1"), read)).split()[1]
    page = await connection.fetchval(next_page.format("$1"), read)
    placed, expires = await connection.fetchval(began), await connection.fetchval(never)
    show("asyncpg", read, changed, page, placed, expires.isoformat())

plain("psycopg", psycopg.connect("host={host} port={port} user={user} dbname={database}".format(**at), autocommit=True))
plain("pg8000", pg8000.dbapi.connect(**at))
asyncio.run(with_asyncpg())
END
cat >Read.java <<'END'
import java.sql.DriverManager;

public class Read {
  public static void main(String[] arguments) throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:" + arguments[0] + "/postgres?user=shop";
    try (var connection = DriverManager.getConnection(url)) {
      var row = connection.createStatement().executeQuery("SELECT * FROM orders WHERE id = 1");
      row.next();
      var update = connection.prepareStatement("UPDATE orders SET total = total WHERE changed = ?");
      update.setTimestamp(1, row.getTimestamp("changed"));
      var next = connection.prepareStatement("SELECT id FROM orders WHERE changed > ? ORDER BY changed");
      next.setTimestamp(1, row.getTimestamp("changed"));
      var page = next.executeQuery();
      page.next();
      System.out.println("JDBC: read " + row.getTimestamp("changed").toInstant().toString().substring(11, 26)
          + ", rows changed " + update.executeUpdate() + ", next page from " + page.getInt(1) + ", placed "
          + row.getTimestamp("placed").toInstant().toString().substring(11, 19) + "Z, expires "
          + row.getTimestamp("expires").toInstant().toString().substring(0, 11));
    }
  }
}
END
port=$(python3 -c 'import socket
one = socket.socket()
one.bind(("127.0.0.1", 0))
print(one.getsockname()[1])')
install -d -m 777 server
unprivileged "$bin/initdb" -D server/data -U shop -A trust --no-sync >initdb.log
unprivileged "$bin/pg_ctl" -D server/data -o "-p $port -k '' -h 127.0.0.1" -l server/log -w start >start.log
python/bin/python - "$port" <<'END'
import sys
import psycopg

connection = psycopg.connect(host="127.0.0.1", port=sys.argv[1], user="shop", dbname="postgres", autocommit=True)
connection.execute("CREATE TABLE orders (id int PRIMARY KEY, total int, changed timestamptz, expires timestamptz,"
                   " placed timestamp)")
connection.execute("INSERT INTO orders VALUES (1, 17, '2026-11-20T13:04:17.137042Z', 'infinity', '2026-11-20 13:04:00'),"
                   " (2, 17, '2026-11-20T13:04:18.137042Z', 'infinity', '2026-11-20 13:04:00')")
END
export TZ=Asia/Seoul # of the programs that read
{
  node read.js "$port"
  python/bin/python read.py "$port"
  java -cp 'jars/*' Read.java "$port"
} | tee seen
diff seen - <<'END'
pg: read 13:04:17.137, rows changed 0, next page from 1, placed 04:04:00Z, expires Infinity, in JSON null
postgres: read 13:04:17.137, rows changed 0, next page from 1, placed 04:04:00Z, expires Invalid Date, in JSON null
psycopg: read 13:04:17.137042, rows changed 1, next page from 2, placed 13:04:00, expires raises DataError, timestamp too large (after year 10K): 'infinity'
pg8000: read 13:04:17.137042, rows changed 1, next page from 2, placed 13:04:00, expires 'infinity'
asyncpg: read 13:04:17.137042, rows changed 1, next page from 2, placed 13:04:00, expires 9999-12-31T23:59:59.999999
JDBC: read 13:04:17.137042, rows changed 1, next page from 2, placed 04:04:00Z, expires +292278994-
END
echo "as described"
