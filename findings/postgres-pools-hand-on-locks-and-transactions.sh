#!/usr/bin/env bash
# What a pool of connections to PostgreSQL 15 (Debian 12) leaves of the request before, by eleven pools without options,
# seen on 2026-11-30 with Node.js 20, Python 3.11, Java 17 and Go. A first request takes an advisory lock and sets
# statement_timeout; another begins a transaction and inserts order 1. Both end by an error, before they unlock and
# commit, and give their connections back, as a finally does. A second request comes each time, on the same connection.
# - Lock: an advisory lock is of the session, and who has it gets it again. With all but asyncpg 0.32.0 (PyPI), which
#   resets the session, the second request gets the lock that the first one still has, so that both think that they are
#   alone with order 17; another process never gets it. The setting stays as well, except where Python's roll back.
# - Transaction: pg 8.23.1 and postgres 3.4.9 (npm), tomcat-jdbc 10.1.40 (Maven Central) and database/sql with lib/pq
#   v1.12.3 (Go module) hand it on open. Order 2, which the second request inserts without an error and answers by 201,
#   is in it, and is lost when the connection closes. psycopg-pool 3.3.3, psycopg2 2.9.13 and SQLAlchemy 2.1.9 (PyPI),
#   HikariCP 6.3.0 and commons-dbcp2 2.13.0 (Maven Central), pgxpool v5.13.0 (Go module) and asyncpg roll it back.
# What to do: pg_advisory_xact_lock in a transaction, which ends with it; ROLLBACK in a finally before the release, or
# release(true) of pg, which closes the connection; rollbackOnReturn of Tomcat's.
# Output seen: as below. Fails when that changes. Takes minutes.
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
npm install --silent --no-audit --no-fund pg@8.23.1 postgres@3.4.9 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check 'psycopg[binary]==3.3.9' psycopg-pool==3.3.3 \
  psycopg2-binary==2.9.13 sqlalchemy==2.1.9 asyncpg==0.32.0
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in com.zaxxer:HikariCP:6.3.0 org.apache.commons:commons-dbcp2:2.13.0 \
    org.apache.tomcat:tomcat-jdbc:10.1.40 org.postgresql:postgresql:42.7.7 org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program: the first request's lock and setting, what the second one sees of them; then the two orders.
cat >pool.js <<'END'
const [library, port] = process.argv.slice(2);
const at = { host: '127.0.0.1', port: Number(port), user: 'shop', database: 'postgres', max: 1 };
const pools = {
  pg: () => {
    const pool = new (require('pg').Pool)(at);
    return {
      async request(work) {
        const client = await pool.connect();
        try {
          await work(async (text) => Object.values((await client.query(text)).rows[0] ?? {})[0]);
        } finally {
          client.release();
        }
      },
      end: () => pool.end(),
    };
  },
  postgres: () => {
    const pool = require('postgres')(at);
    return {
      async request(work) {
        const client = await pool.reserve();
        try {
          await work(async (text) => Object.values((await client.unsafe(text))[0] ?? {})[0]);
        } finally {
          client.release();
        }
      },
      end: () => pool.end(),
    };
  },
};
(async () => {
  const pool = pools[library]();
  const refused = () => { throw new Error('declined'); };
  await pool.request(async (query) => {
    await query('SELECT pg_try_advisory_lock(17)');
    await query("SET statement_timeout = '1234ms'");
    refused();
  }).catch(() => {});
  await pool.request(async (query) => console.log(
    `lock ${await query('SELECT pg_try_advisory_lock(17)')}, timeout ${await query('SHOW statement_timeout')}`));
  await pool.request(async (query) => {
    await query('BEGIN');
    await query('INSERT INTO orders VALUES (1)');
    refused();
  }).catch(() => {});
  await pool.request((query) => query('INSERT INTO orders VALUES (2)'));
  await pool.end();
})();
END
cat >pool.py <<'END'
import asyncio, sys
from contextlib import contextmanager
import asyncpg, psycopg2.pool, psycopg_pool, sqlalchemy

library, port = sys.argv[1:]
at = f"host=127.0.0.1 port={port} user=shop dbname=postgres"

def psycopg():
    pool = psycopg_pool.ConnectionPool(at, min_size=1, max_size=1, open=True)
    @contextmanager
    def request():
        with pool.connection() as connection:
            def query(text):
                cursor = connection.execute(text)
                return cursor.fetchone()[0] if cursor.description else None
            yield query
    return request, pool.close

def psycopg2_pool():
    pool = psycopg2.pool.SimpleConnectionPool(1, 1, at)
    @contextmanager
    def request():
        connection = pool.getconn()
        try:
            def query(text):
                cursor = connection.cursor()
                cursor.execute(text)
                return cursor.fetchone()[0] if cursor.description else None
            yield query
            connection.commit()
        finally:
            pool.putconn(connection)
    return request, pool.closeall

def alchemy():
    engine = sqlalchemy.create_engine(f"postgresql+psycopg://shop@127.0.0.1:{port}/postgres", pool_size=1)
    @contextmanager
    def request():
        with engine.begin() as connection:
            def query(text):
                result = connection.execute(sqlalchemy.text(text))
                return result.scalar() if result.returns_rows else None
            yield query
    return request, engine.dispose

def run(request, end):
    try:
        with request() as query:
            query("SELECT pg_try_advisory_lock(17)")
            query("SET statement_timeout = '1234ms'")
            raise ValueError("declined")
    except ValueError:
        pass
    with request() as query:
        print(f"lock {str(query('SELECT pg_try_advisory_lock(17)')).lower()}, timeout {query('SHOW statement_timeout')}")
    try:
        with request() as query:
            query("INSERT INTO orders VALUES (1)")
            raise ValueError("declined")
    except ValueError:
        pass
    with request() as query:
        query("INSERT INTO orders VALUES (2)")
    end()

async def run_asyncpg():
    pool = await asyncpg.create_pool(f"postgres://shop@127.0.0.1:{port}/postgres", min_size=1, max_size=1)
    try:
        async with pool.acquire() as connection:
            await connection.execute("SELECT pg_try_advisory_lock(17)")
            await connection.execute("SET statement_timeout = '1234ms'")
            raise ValueError("declined")
    except ValueError:
        pass
    # Another session, since it would show it if the first request still had the lock.
    other = await asyncpg.connect(f"postgres://shop@127.0.0.1:{port}/postgres")
    freed = await other.fetchval("SELECT pg_try_advisory_lock(17)")
    await other.close()
    async with pool.acquire() as connection:
        timeout = await connection.fetchval("SHOW statement_timeout")
    print(f"lock {'freed' if freed else 'kept'}, timeout {timeout}")
    try:
        async with pool.acquire() as connection:
            await connection.execute("BEGIN")
            await connection.execute("INSERT INTO orders VALUES (1)")
            raise ValueError("declined")
    except ValueError:
        pass
    async with pool.acquire() as connection:
        await connection.execute("INSERT INTO orders VALUES (2)")
    await pool.close()

if library == "asyncpg":
    asyncio.run(run_asyncpg())
else:
    run(*{"psycopg": psycopg, "psycopg2": psycopg2_pool, "sqlalchemy": alchemy}[library]())
END
cat >Pool.java <<'END'
import java.sql.Connection;
import javax.sql.DataSource;

public class Pool {
  interface Work {
    void on(Connection connection) throws Exception;
  }

  static DataSource pool(String library, String url) {
    switch (library) {
      case "hikari":
        var hikari = new com.zaxxer.hikari.HikariDataSource();
        hikari.setJdbcUrl(url);
        hikari.setMaximumPoolSize(1);
        return hikari;
      case "dbcp2":
        var dbcp = new org.apache.commons.dbcp2.BasicDataSource();
        dbcp.setUrl(url);
        dbcp.setMaxTotal(1);
        return dbcp;
      default:
        var tomcat = new org.apache.tomcat.jdbc.pool.DataSource();
        tomcat.setDriverClassName("org.postgresql.Driver");
        tomcat.setUrl(url);
        tomcat.setMaxActive(1);
        tomcat.setInitialSize(1);
        return tomcat;
    }
  }

  static void request(DataSource pool, Work work) throws Exception {
    try (Connection connection = pool.getConnection()) {
      work.on(connection);
    } catch (IllegalStateException declined) {
    }
  }

  static String query(Connection connection, String text) throws Exception {
    try (var statement = connection.createStatement()) {
      if (!statement.execute(text)) return null;
      var result = statement.getResultSet();
      result.next();
      return result.getString(1);
    }
  }

  public static void main(String[] arguments) throws Exception {
    DataSource pool = pool(arguments[0], "jdbc:postgresql://127.0.0.1:" + arguments[1] + "/postgres?user=shop");
    request(pool, connection -> {
      query(connection, "SELECT pg_try_advisory_lock(17)");
      query(connection, "SET statement_timeout = '1234ms'");
      throw new IllegalStateException("declined");
    });
    request(pool, connection -> System.out.println("lock "
        + query(connection, "SELECT pg_try_advisory_lock(17)").replace("t", "true") + ", timeout "
        + query(connection, "SHOW statement_timeout")));
    request(pool, connection -> {
      connection.setAutoCommit(false);
      query(connection, "INSERT INTO orders VALUES (1)");
      throw new IllegalStateException("declined");
    });
    request(pool, connection -> query(connection, "INSERT INTO orders VALUES (2)"));
    System.exit(0);
  }
}
END
javac -cp 'jars/*' Pool.java
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
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/lib/pq"
)

type query func(text string, into ...any) error

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func run(request func(work func(query) error) error) {
	declined := errors.New("declined")
	request(func(ask query) error {
		check(ask("SELECT pg_advisory_lock(17)"))
		check(ask("SET statement_timeout = '1234ms'"))
		return declined
	})
	check(request(func(ask query) error {
		var lock bool
		var timeout string
		check(ask("SELECT pg_try_advisory_lock(17)", &lock))
		check(ask("SHOW statement_timeout", &timeout))
		fmt.Printf("lock %v, timeout %s\n", lock, timeout)
		return nil
	}))
	request(func(ask query) error {
		check(ask("BEGIN"))
		check(ask("INSERT INTO orders VALUES (1)"))
		return declined
	})
	check(request(func(ask query) error { return ask("INSERT INTO orders VALUES (2)") }))
}

func main() {
	all, url := context.Background(), "postgres://shop@127.0.0.1:"+os.Args[2]+"/postgres?sslmode=disable&pool_max_conns=1"
	if os.Args[1] == "pgxpool" {
		pool, err := pgxpool.New(all, url)
		check(err)
		run(func(work func(query) error) error {
			connection, err := pool.Acquire(all)
			check(err)
			defer connection.Release()
			return work(func(text string, into ...any) error {
				if len(into) == 0 {
					_, err := connection.Exec(all, text)
					return err
				}
				return connection.QueryRow(all, text).Scan(into...)
			})
		})
		pool.Close()
		return
	}
	pool, err := sql.Open("postgres", "host=127.0.0.1 user=shop dbname=postgres sslmode=disable port="+os.Args[2])
	check(err)
	pool.SetMaxOpenConns(1)
	run(func(work func(query) error) error {
		connection, err := pool.Conn(all)
		check(err)
		defer connection.Close()
		return work(func(text string, into ...any) error {
			if len(into) == 0 {
				_, err := connection.ExecContext(all, text)
				return err
			}
			return connection.QueryRowContext(all, text).Scan(into...)
		})
	})
	pool.Close()
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/jackc/pgx/v5/pgxpool@v5.13.0 github.com/lib/pq@v1.12.3 2>go.log
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
  python/bin/python -c 'import psycopg, sys
connection = psycopg.connect(f"host=127.0.0.1 port={sys.argv[1]} user=shop dbname=postgres", autocommit=True)
cursor = connection.execute(sys.argv[2])
if cursor.description:
    print(*cursor.fetchone())' "$port" "$1"
}
query 'CREATE TABLE orders (id int)'
pool() {
  local name=$1
  shift
  query 'TRUNCATE orders'
  echo "$name: $("$@" "$port"); orders $(query "SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), 'none') FROM orders")"
}
{
  pool pg node pool.js pg
  pool postgres node pool.js postgres
  pool tomcat-jdbc java -cp 'jars/*:.' Pool tomcat
  pool lib/pq go-client/client database/sql
  pool psycopg-pool python/bin/python pool.py psycopg
  pool psycopg2 python/bin/python pool.py psycopg2
  pool SQLAlchemy python/bin/python pool.py sqlalchemy
  pool HikariCP java -cp 'jars/*:.' Pool hikari
  pool commons-dbcp2 java -cp 'jars/*:.' Pool dbcp2
  pool pgxpool go-client/client pgxpool
  pool asyncpg python/bin/python pool.py asyncpg
} 2>log | tee seen
diff seen - <<'END'
pg: lock true, timeout 1234ms; orders none
postgres: lock true, timeout 1234ms; orders none
tomcat-jdbc: lock true, timeout 1234ms; orders none
lib/pq: lock true, timeout 1234ms; orders none
psycopg-pool: lock true, timeout 0; orders 2
psycopg2: lock true, timeout 0; orders 2
SQLAlchemy: lock true, timeout 0; orders 2
HikariCP: lock true, timeout 1234ms; orders 2
commons-dbcp2: lock true, timeout 1234ms; orders 2
pgxpool: lock true, timeout 1234ms; orders 2
asyncpg: lock freed, timeout 0; orders 2
END
echo "as described"
