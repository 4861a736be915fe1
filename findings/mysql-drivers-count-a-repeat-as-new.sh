#!/usr/bin/env bash
# Nine drivers of MySQL, as they are without options, beside MariaDB 10.11 (Debian 12), seen on 2026-11-30 with Python
# 3.11, Node.js 20, Java 17 and Go: how many rows a statement concerned, when it came for the second time.
# - PyMySQL 1.2.4, asyncmy 0.2.18, mysql-connector-python 26.10.0 (PyPI) and go-sql-driver/mysql v1.10.1 (Go module)
#   count the rows that changed: 0.
# - mysql 2.18.1, mysql2 3.24.6 and mariadb 3.5.4 (npm), mysql-connector-j 9.3.0 and mariadb-java-client 3.5.3 (Maven
#   Central) log in with the flag CLIENT_FOUND_ROWS, and get the rows that were found: 1. With it a key that "INSERT ...
#   ON DUPLICATE KEY UPDATE id = id" finds counts as one that was written, as MySQL's manual says of that statement.
# So "one row: the key is new, carry the order out" is right in Python and Go and carries every repeat out in JavaScript
# and Java; and "no row: somebody else has changed it" is right there and refuses a repeat that is in order here.
# What to do: INSERT IGNORE, which all count as 0, or a plain INSERT and its error 1062; UPDATE ... AND status = 'new'.
# Or one flag everywhere: flags: '-FOUND_ROWS' (mysql, mysql2), foundRows: false (mariadb), useAffectedRows=true (Java).
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download mariadb-server-core mariadb-client-core >/dev/null 2>apt.log
for package in mariadb-*.deb; do dpkg -x "$package" debian; done
npm install --silent --no-audit --no-fund mysql@2.18.1 mysql2@3.24.6 mariadb@3.5.4 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check pymysql==1.2.4 mysql-connector-python==26.10.0 asyncmy==0.2.18
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in com.mysql:mysql-connector-j:9.3.0 org.mariadb.jdbc:mariadb-java-client:3.5.3; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program runs these statements, and prints how many rows its driver counts for each.
cat >statements <<'END'
INSERT INTO inbox VALUES ('order-17') ON DUPLICATE KEY UPDATE id = id
INSERT INTO inbox VALUES ('order-17') ON DUPLICATE KEY UPDATE id = id
INSERT IGNORE INTO inbox VALUES ('order-17')
UPDATE orders SET status = 'paid' WHERE id = 17
UPDATE orders SET status = 'paid' WHERE id = 17
END
cat >count.js <<'END'
const { readFileSync } = require('fs');
const [library, port] = process.argv.slice(2);
const at = { host: '127.0.0.1', port: Number(port), user: 'shop', database: 'shop' };
const statements = readFileSync('statements', 'utf8').trim().split('\n');
(async () => {
  const counts = [];
  if (library === 'mysql') {
    const connection = require('mysql').createConnection(at);
    for (const statement of statements)
      counts.push(await new Promise((resolve, reject) =>
        connection.query(statement, (error, result) => (error ? reject(error) : resolve(result.affectedRows)))));
  } else if (library === 'mysql2') {
    const connection = await require('mysql2/promise').createConnection(at);
    for (const statement of statements) counts.push((await connection.query(statement))[0].affectedRows);
  } else {
    const connection = await require('mariadb').createConnection(at);
    for (const statement of statements) counts.push((await connection.query(statement)).affectedRows);
  }
  console.log(...counts);
  process.exit(0);
})();
END
cat >count.py <<'END'
import asyncio, sys
import asyncmy, mysql.connector, pymysql

library, port = sys.argv[1:]
at = {"host": "127.0.0.1", "port": int(port), "user": "shop", "database": "shop", "password": ""}
statements = open("statements").read().splitlines()

async def with_asyncmy():
    connection = await asyncmy.connect(**at)
    async with connection.cursor() as cursor:
        return [await cursor.execute(statement) for statement in statements]

def plain(connection):
    cursor = connection.cursor()
    counts = []
    for statement in statements:
        cursor.execute(statement)
        counts.append(cursor.rowcount)
    connection.commit()
    return counts

if library == "asyncmy":
    print(*asyncio.run(with_asyncmy()))
else:
    print(*plain(pymysql.connect(**at) if library == "pymysql" else mysql.connector.connect(**at)))
END
cat >Count.java <<'END'
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;

public class Count {
  public static void main(String[] arguments) throws Exception {
    String counts = "";
    try (var connection = DriverManager.getConnection(
             "jdbc:" + arguments[0] + "://127.0.0.1:" + arguments[1] + "/shop?user=shop")) {
      for (String statement : Files.readAllLines(Path.of("statements")))
        counts += " " + connection.createStatement().executeUpdate(statement);
    }
    System.out.println(counts.trim());
  }
}
END
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
cat >go-client/main.go <<'END'
package main

import (
	"database/sql"
	"fmt"
	"os"
	"strings"

	_ "github.com/go-sql-driver/mysql"
)

func main() {
	database, err := sql.Open("mysql", "shop@tcp(127.0.0.1:"+os.Args[1]+")/shop")
	if err != nil {
		panic(err)
	}
	text, _ := os.ReadFile("statements")
	var counts []any
	for _, statement := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		result, err := database.Exec(statement)
		if err != nil {
			panic(err)
		}
		count, _ := result.RowsAffected()
		counts = append(counts, count)
	}
	fmt.Println(counts...)
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/go-sql-driver/mysql@v1.10.1 2>go.log
  go build -o client . 2>>go.log
)
port=$(python3 -c 'import socket
one = socket.socket()
one.bind(("127.0.0.1", 0))
print(one.getsockname()[1])')
mkdir data
at=(--no-defaults --datadir="$folder/data" --lc-messages-dir="$folder/debian/usr/share/mysql" --skip-grant-tables
  --user="$(id -un)")
{
  printf '%s\n' 'CREATE DATABASE mysql;' 'CREATE DATABASE shop;' 'USE mysql;'
  cat debian/usr/share/mysql/mysql_system_tables.sql
} | debian/usr/sbin/mariadbd "${at[@]}" --bootstrap >bootstrap.log 2>&1
debian/usr/sbin/mariadbd "${at[@]}" --socket="$folder/socket" --port="$port" --bind-address=127.0.0.1 >server.log 2>&1 &
server=$!
until [[ -S socket ]]; do sleep 0.05; done
run() {
  debian/usr/bin/mariadb --no-defaults --socket=socket shop -e "CREATE OR REPLACE TABLE inbox (id varchar(20) PRIMARY KEY);
    CREATE OR REPLACE TABLE orders (id int PRIMARY KEY, status varchar(9)); INSERT INTO orders VALUES (17, 'new')"
  local name=$1 key repeat ignored paid again
  shift
  read -r key repeat ignored paid again < <("$@" "$port")
  echo "$name: key $key, again $repeat, ignored $ignored; order paid $paid, again $again"
}
{
  run pymysql python/bin/python count.py pymysql
  run asyncmy python/bin/python count.py asyncmy
  run mysql-connector-python python/bin/python count.py mysql.connector
  run go-sql-driver go-client/client
  run mysql node count.js mysql
  run mysql2 node count.js mysql2
  run mariadb node count.js mariadb
  run Connector/J java -cp 'jars/*' Count.java mysql
  run mariadb-java-client java -cp 'jars/*' Count.java mariadb
} | tee seen
diff seen - <<'END'
pymysql: key 1, again 0, ignored 0; order paid 1, again 0
asyncmy: key 1, again 0, ignored 0; order paid 1, again 0
mysql-connector-python: key 1, again 0, ignored 0; order paid 1, again 0
go-sql-driver: key 1, again 0, ignored 0; order paid 1, again 0
mysql: key 1, again 1, ignored 0; order paid 1, again 1
mysql2: key 1, again 1, ignored 0; order paid 1, again 1
mariadb: key 1, again 1, ignored 0; order paid 1, again 1
Connector/J: key 1, again 1, ignored 0; order paid 1, again 1
mariadb-java-client: key 1, again 1, ignored 0; order paid 1, again 1
END
echo "as described"
