#!/usr/bin/env bash
# The same SQL about prices, decimal(10,2), and cents by PostgreSQL 15 (Debian 12) and by four databases that tests and
# small shops run within the process, seen on 2026-12-01 with Java 17. No statement raises but where it is said.
# - PostgreSQL, and H2 2.3.232 (Maven Central): 12.345 is stored as 12.35, 12.999 as 13.00; the average of 12.50, 12.51
#   and 12.51 is 12.506667; 1250 cents / 100.0 are 12.5; 19 / 100 of 12.50 are 2.375, and 2.38 as decimal(10,2).
# - HSQLDB 2.7.4 (Maven Central) stores 12.34, and has 12.5 for the average, 1250 for that of 1250, 1251 and 1251 cents,
#   2.37 for the 19 / 100, and 12 for 1250 / 100.0: a quotient has few decimals or none, and the rest is cut off.
# - derby 10.16.1.1 (Maven Central) cuts off what it stores, 12.999 as 12.99, and what it casts: 2.37. Its average of
#   cents is 1250, and a sum of an int above 2^31 raises; PostgreSQL's has 64 bits.
# - SQLite 3.49.1 (by sqlite-jdbc 3.49.1.0, Maven Central) stores 12.345 and 12.999 as they come, and casts to
#   decimal(10,2) without a change: 2.375. A type is a hint to it, as its documents say.
# - As an int 12.99 is 13 by PostgreSQL and H2, and 12 by the others.
# So totals that tests have found right are others in production, and a saga that compares them refuses the order.
# What to do: tests against the database of production; whole cents; and round() before what is stored or cast.
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
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.postgresql:postgresql:42.7.7 com.h2database:h2:2.3.232 org.hsqldb:hsqldb:2.7.4 \
    org.apache.derby:derby:10.16.1.1 org.xerial:sqlite-jdbc:3.49.1.0; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Numbers are shown with up to six decimals.
cat >Prices.java <<'END'
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

public class Prices {
  static final String[] QUERIES = {
      "price from line where id = 1", "price from line where id = 2", "avg(price) from line where id > 2",
      "avg(cents) from line where id > 2", "cents / 100.0 from line where id = 3",
      "price * 19 / 100 from line where id = 3", "cast(price * 0.19 as decimal(10,2)) from line where id = 3",
      "cast(12.99 as int) from line where id = 3", "sum(cents) from line where id < 3"};

  static String ask(Connection connection, String query) {
    try (var statement = connection.createStatement(); var result = statement.executeQuery("select " + query)) {
      result.next();
      var number = new BigDecimal(result.getString(1)).setScale(6, RoundingMode.HALF_UP);
      return number.stripTrailingZeros().toPlainString();
    } catch (SQLException error) {
      return "raises";
    }
  }

  static void show(String name, String url) throws SQLException {
    try (var connection = DriverManager.getConnection(url); var statement = connection.createStatement()) {
      statement.execute("create table line (id int primary key, price decimal(10,2), cents int)");
      statement.execute("insert into line values (1, 12.345, 2000000000), (2, 12.999, 2000000000),"
          + " (3, 12.50, 1250), (4, 12.51, 1251), (5, 12.51, 1251)");
      System.out.println(name);
      for (var query : QUERIES) System.out.println("  " + query + ": " + ask(connection, query));
    }
  }

  public static void main(String[] arguments) throws SQLException {
    show("PostgreSQL", "jdbc:postgresql://127.0.0.1:" + arguments[0] + "/postgres?user=shop");
    show("H2", "jdbc:h2:mem:shop");
    show("HSQLDB", "jdbc:hsqldb:mem:shop");
    show("Derby", "jdbc:derby:memory:shop;create=true");
    show("SQLite", "jdbc:sqlite::memory:");
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
java -cp 'jars/*' Prices.java "$port" | tee seen
diff seen - <<'END'
PostgreSQL
  price from line where id = 1: 12.35
  price from line where id = 2: 13
  avg(price) from line where id > 2: 12.506667
  avg(cents) from line where id > 2: 1250.666667
  cents / 100.0 from line where id = 3: 12.5
  price * 19 / 100 from line where id = 3: 2.375
  cast(price * 0.19 as decimal(10,2)) from line where id = 3: 2.38
  cast(12.99 as int) from line where id = 3: 13
  sum(cents) from line where id < 3: 4000000000
H2
  price from line where id = 1: 12.35
  price from line where id = 2: 13
  avg(price) from line where id > 2: 12.506667
  avg(cents) from line where id > 2: 1250.666667
  cents / 100.0 from line where id = 3: 12.5
  price * 19 / 100 from line where id = 3: 2.375
  cast(price * 0.19 as decimal(10,2)) from line where id = 3: 2.38
  cast(12.99 as int) from line where id = 3: 13
  sum(cents) from line where id < 3: 4000000000
HSQLDB
  price from line where id = 1: 12.34
  price from line where id = 2: 13
  avg(price) from line where id > 2: 12.5
  avg(cents) from line where id > 2: 1250
  cents / 100.0 from line where id = 3: 12
  price * 19 / 100 from line where id = 3: 2.37
  cast(price * 0.19 as decimal(10,2)) from line where id = 3: 2.37
  cast(12.99 as int) from line where id = 3: 12
  sum(cents) from line where id < 3: 4000000000
Derby
  price from line where id = 1: 12.34
  price from line where id = 2: 12.99
  avg(price) from line where id > 2: 12.5066
  avg(cents) from line where id > 2: 1250
  cents / 100.0 from line where id = 3: 12.5
  price * 19 / 100 from line where id = 3: 2.375
  cast(price * 0.19 as decimal(10,2)) from line where id = 3: 2.37
  cast(12.99 as int) from line where id = 3: 12
  sum(cents) from line where id < 3: raises
SQLite
  price from line where id = 1: 12.345
  price from line where id = 2: 12.999
  avg(price) from line where id > 2: 12.506667
  avg(cents) from line where id > 2: 1250.666667
  cents / 100.0 from line where id = 3: 12.5
  price * 19 / 100 from line where id = 3: 2.375
  cast(price * 0.19 as decimal(10,2)) from line where id = 3: 2.375
  cast(12.99 as int) from line where id = 3: 12
  sum(cents) from line where id < 3: 4000000000
END
echo "as described"
