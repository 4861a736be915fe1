#!/usr/bin/env bash
# Fourteen ways to commit to PostgreSQL 15 (Debian 12), seen on 2026-11-30 with Python 3.11, Node.js 20, Java 17 and Go.
# An order is inserted, then its idempotency key, which is there already; the program takes that error for "recorded
# before", goes on, and commits. PostgreSQL has given the transaction up with the error, and answers COMMIT by doing a
# rollback: the command's tag is ROLLBACK, and no error. In each case there is no order.
# - "Committed" say psycopg2 2.9.13, psycopg 3.3.9 by commit() and by transaction(), asyncpg 0.32.0, SQLAlchemy 2.1.9
#   over psycopg (PyPI), pg 8.23.1, knex 3.1.0 (npm), and org.postgresql:postgresql 42.7.7 (Maven Central): whoever
#   placed the order gets its number. That of Java raised in 42.2.11, and took it back (pgjdbc/pgjdbc#1746).
# - pg8000 1.31.6 (PyPI), postgres 3.4.9 (npm), r2dbc-postgresql 1.0.7 (Maven Central), pgx v5.13.0, also below
#   database/sql, and lib/pq v1.12.3 (Go modules) raise.
# What to do: ON CONFLICT DO NOTHING, and look at the count; or a savepoint around what may fail. Never catch an error
# within a transaction and go on. With pg look whether the result of COMMIT has the command "COMMIT".
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
  chmod -R u+w "$folder"
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
apt-get download postgresql-15 >/dev/null 2>apt.log
dpkg -x postgresql-15_*.deb debian
npm install --silent --no-audit --no-fund pg@8.23.1 postgres@3.4.9 knex@3.1.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check 'psycopg[binary]==3.3.9' psycopg2-binary==2.9.13 \
  asyncpg==0.32.0 pg8000==1.31.6 sqlalchemy==2.1.9
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.postgresql:postgresql:42.7.7 org.postgresql:r2dbc-postgresql:1.0.7.RELEASE; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program places an order, records its key, which is there already, takes that error for "was recorded before",
# and commits. It prints what the commit says.
cat >place.js <<'END'
const [library, port] = process.argv.slice(2);
const at = { host: '127.0.0.1', port: Number(port), user: 'shop', database: 'postgres' };
const order = 'INSERT INTO orders VALUES (17)';
const key = "INSERT INTO keys VALUES ('a')";
const ways = {
  pg: async () => {
    const client = new (require('pg').Client)(at);
    await client.connect();
    await client.query('BEGIN');
    await client.query(order);
    await client.query(key).catch(() => {});
    await client.query('COMMIT');
  },
  postgres: () => require('postgres')(at).begin(async (sql) => {
    await sql.unsafe(order);
    await sql.unsafe(key).catch(() => {});
  }),
  knex: () => require('knex')({ client: 'pg', connection: at }).transaction(async (transaction) => {
    await transaction.raw(order);
    await transaction.raw(key).catch(() => {});
  }),
};
ways[library]().then(() => 'committed', (error) => `raises ${error.message}`).then((said) => {
  console.log(said);
  process.exit(0);
});
END
cat >place.py <<'END'
import asyncio, sys
import asyncpg, pg8000.dbapi, psycopg, psycopg2, sqlalchemy

library, port = sys.argv[1:]
at = {"host": "127.0.0.1", "port": int(port), "user": "shop", "database": "postgres"}
order, key = "INSERT INTO orders VALUES (17)", "INSERT INTO keys VALUES ('a')"

def plain(connection, error):
    cursor = connection.cursor()
    cursor.execute(order)
    try:
        cursor.execute(key)
    except error:
        pass
    connection.commit()

def block():
    connection = psycopg.connect("host={host} port={port} user={user} dbname={database}".format(**at))
    with connection.transaction():
        connection.execute(order)
        try:
            connection.execute(key)
        except psycopg.errors.UniqueViolation:
            pass

def with_sqlalchemy():
    engine = sqlalchemy.create_engine("postgresql+psycopg://{user}@{host}:{port}/{database}".format(**at))
    with engine.begin() as connection:
        connection.exec_driver_sql(order)
        try:
            connection.exec_driver_sql(key)
        except sqlalchemy.exc.IntegrityError:
            pass

async def with_asyncpg():
    connection = await asyncpg.connect(**at)
    async with connection.transaction():
        await connection.execute(order)
        try:
            await connection.execute(key)
        except asyncpg.UniqueViolationError:
            pass

ways = {
    "psycopg2": lambda: plain(psycopg2.connect(**at), psycopg2.Error),
    "psycopg": lambda: plain(psycopg.connect("host={host} port={port} user={user} dbname={database}".format(**at)),
                             psycopg.Error),
    "transaction": block,
    "pg8000": lambda: plain(pg8000.dbapi.connect(**at), pg8000.dbapi.DatabaseError),
    "sqlalchemy": with_sqlalchemy,
    "asyncpg": lambda: asyncio.run(with_asyncpg()),
}
try:
    ways[library]()
    print("committed")
except Exception as error:
    print("raises", error)
END
cat >Place.java <<'END'
import io.r2dbc.spi.ConnectionFactories;
import java.sql.DriverManager;
import java.sql.SQLException;
import reactor.core.publisher.Mono;

public class Place {
  static final String ORDER = "INSERT INTO orders VALUES (17)";
  static final String KEY = "INSERT INTO keys VALUES ('a')";

  static void jdbc(String at) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:postgresql:" + at + "?user=shop")) {
      connection.setAutoCommit(false);
      connection.createStatement().executeUpdate(ORDER);
      try {
        connection.createStatement().executeUpdate(KEY);
      } catch (SQLException known) {
      }
      connection.commit();
    }
  }

  static void r2dbc(String at) {
    var connection = Mono.from(ConnectionFactories.get("r2dbc:postgresql:" + at.replace("//", "//shop@")).create()).block();
    Mono.from(connection.beginTransaction()).block();
    Mono.from(connection.createStatement(ORDER).execute()).flatMap(result -> Mono.from(result.getRowsUpdated())).block();
    Mono.from(connection.createStatement(KEY).execute()).flatMap(result -> Mono.from(result.getRowsUpdated()))
        .onErrorComplete().block();
    Mono.from(connection.commitTransaction()).block();
  }

  public static void main(String[] arguments) {
    String at = "//127.0.0.1:" + arguments[1] + "/postgres";
    try {
      if (arguments[0].equals("jdbc")) jdbc(at);
      else r2dbc(at);
      System.out.println("committed");
    } catch (Exception error) {
      System.out.println("raises " + error.getMessage());
    }
    System.exit(0);
  }
}
END
javac -cp 'jars/*' Place.java
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
cat >go-client/main.go <<'END'
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
)

const order, key = "INSERT INTO orders VALUES (17)", "INSERT INTO keys VALUES ('a')"

func withPgx(at string) error {
	all := context.Background()
	connection, err := pgx.Connect(all, at)
	if err != nil {
		return err
	}
	transaction, err := connection.Begin(all)
	if err != nil {
		return err
	}
	if _, err = transaction.Exec(all, order); err != nil {
		return err
	}
	transaction.Exec(all, key)
	return transaction.Commit(all)
}

func withSQL(driver, at string) error {
	database, err := sql.Open(driver, at)
	if err != nil {
		return err
	}
	transaction, err := database.Begin()
	if err != nil {
		return err
	}
	if _, err = transaction.Exec(order); err != nil {
		return err
	}
	transaction.Exec(key)
	return transaction.Commit()
}

func main() {
	at := "host=127.0.0.1 port=" + os.Args[2] + " user=shop dbname=postgres sslmode=disable"
	var err error
	if os.Args[1] == "native" {
		err = withPgx(at)
	} else {
		err = withSQL(os.Args[1], at)
	}
	if err != nil {
		fmt.Println("raises", err)
	} else {
		fmt.Println("committed")
	}
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/jackc/pgx/v5/stdlib@v5.13.0 github.com/lib/pq@v1.12.3 2>go.log
  go build -o client . 2>>go.log
)
port=$(python3 -c 'import socket
one = socket.socket()
one.bind(("127.0.0.1", 0))
print(one.getsockname()[1])')
install -d -m 777 server
unprivileged "$bin/initdb" -D server/data -U shop -A trust --no-sync >initdb.log
unprivileged "$bin/pg_ctl" -D server/data -o "-p $port -k '' -h 127.0.0.1" -l server/log -w start >start.log
query() {
  python/bin/python -c 'import psycopg2, sys
connection = psycopg2.connect(host="127.0.0.1", port=sys.argv[1], user="shop", dbname="postgres")
connection.autocommit = True
cursor = connection.cursor()
cursor.execute(sys.argv[2])
print(cursor.fetchone()[0])' "$port" "$1"
}
query "CREATE TABLE orders (id int); CREATE TABLE keys (id text PRIMARY KEY); INSERT INTO keys VALUES ('a') RETURNING 1" >/dev/null
place() {
  local name=$1
  shift
  echo "$name: $("$@" "$port"), orders $(query 'SELECT count(*) FROM orders')"
}
{
  place psycopg2 python/bin/python place.py psycopg2
  place psycopg python/bin/python place.py psycopg
  place 'psycopg, transaction()' python/bin/python place.py transaction
  place asyncpg python/bin/python place.py asyncpg
  place pg8000 python/bin/python place.py pg8000
  place SQLAlchemy python/bin/python place.py sqlalchemy
  place pg node place.js pg
  place knex node place.js knex
  place postgres node place.js postgres
  place JDBC java -cp 'jars/*:.' Place jdbc
  place R2DBC java -cp 'jars/*:.' Place r2dbc
  place pgx go-client/client native
  place 'pgx, database/sql' go-client/client pgx
  place lib/pq go-client/client postgres
} | tee seen
diff seen - <<'END'
psycopg2: committed, orders 0
psycopg: committed, orders 0
psycopg, transaction(): committed, orders 0
asyncpg: committed, orders 0
pg8000: raises in failed transaction block, orders 0
SQLAlchemy: committed, orders 0
pg: committed, orders 0
knex: committed, orders 0
postgres: raises duplicate key value violates unique constraint "keys_pkey", orders 0
JDBC: committed, orders 0
R2DBC: raises The database returned ROLLBACK, so the transaction cannot be committed. Transaction failure is not known (check server logs?), orders 0
pgx: raises commit unexpectedly resulted in rollback, orders 0
pgx, database/sql: raises commit unexpectedly resulted in rollback, orders 0
lib/pq: raises pq: could not complete operation in a failed transaction, orders 0
END
echo "as described"
