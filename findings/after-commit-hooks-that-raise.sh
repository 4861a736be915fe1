#!/usr/bin/env bash
# An order is committed, and the hook that is to run after the commit, such as one that publishes the event, raises since
# the broker is unavailable: what the caller of the transaction hears, by six libraries, seen on 2026-11-30 with Python
# 3.11, Node.js 20 and Java 17, with SQLite, PostgreSQL 15 (Debian 12) and H2 2.3.232.
# - on_commit of Django 5.2.19, after_commit of SQLAlchemy 2.1.9 (PyPI), afterCommit of Sequelize 6.37.8,
#   afterTransactionCommit of TypeORM 1.1.1 and MikroORM 6.6.16 (npm) and TransactionSynchronization.afterCommit of Spring
#   6.2.6 (Maven Central): the error of the hook comes out of the transaction, from where any other error means that it
#   was rolled back. The order is stored. A retry places a second one, an answer of 500 denies one that exists, and a
#   saga compensates the other steps. A second hook is not called, but by TypeORM, which calls all at once.
# - @TransactionalEventListener of Spring: no error, and the second listener is called; that the event was not published
#   is only in the log.
# What to do: no publication in a hook, but an outbox that is written in the transaction and read by something else; or
# catch everything within the hook (robust=True of Django), and never take an error of a transaction with hooks for "not
# committed". Output seen: as below. Fails when that changes. Takes minutes.
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
npm install --silent --no-audit --no-fund pg@8.23.1 typeorm@1.1.1 reflect-metadata@0.2.2 sequelize@6.37.8 \
  @mikro-orm/core@6.6.16 @mikro-orm/postgresql@6.6.16 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check django==5.2.19 sqlalchemy==2.1.9
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.springframework:spring-jdbc:6.2.6 org.springframework:spring-context:6.2.6 \
    com.h2database:h2:2.3.232 org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program inserts an order with two hooks, and counts what is stored and how often the second hook was called.
cat >order.py <<'END'
import django, sqlite3
from django.conf import settings

second = []

def publish(*arguments):
    raise ConnectionError("the broker is unavailable")

def show(name, transact, file):
    second.clear()
    try:
        transact()
        said = "returns"
    except Exception as error:
        said = "raises " + type(error).__name__
    orders = sqlite3.connect(file).execute("SELECT count(*) FROM orders").fetchone()[0]
    print(f"{name}: {said}; orders {orders}; second hook {len(second)}")

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "django.sqlite"}})
django.setup()
from django.db import connection, transaction

def by_django():
    with transaction.atomic():
        connection.cursor().execute("INSERT INTO orders VALUES (1)")
        transaction.on_commit(publish)
        transaction.on_commit(lambda: second.append(1))

connection.cursor().execute("CREATE TABLE orders (id integer)")
show("Django", by_django, "django.sqlite")

from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

engine = create_engine("sqlite:///alchemy.sqlite")
with engine.begin() as connected:
    connected.execute(text("CREATE TABLE orders (id integer)"))

def by_alchemy():
    with Session(engine) as session, session.begin():
        event.listen(session, "after_commit", publish)
        event.listen(session, "after_commit", lambda _: second.append(1))
        session.execute(text("INSERT INTO orders VALUES (1)"))

show("SQLAlchemy", by_alchemy, "alchemy.sqlite")
END
cat >order.js <<'END'
require('reflect-metadata');
const { MikroORM, EntitySchema } = require('@mikro-orm/postgresql');
const { Client } = require('pg');
const { Sequelize } = require('sequelize');
const { DataSource } = require('typeorm');

const at = { host: '127.0.0.1', port: Number(process.argv[2]), user: 'shop' };
const insert = 'INSERT INTO orders VALUES (1)';
let second = 0;
const publish = () => { throw new Error('the broker is unavailable'); };
const ways = {
  async Sequelize() {
    const database = new Sequelize('postgres', 'shop', '', { ...at, dialect: 'postgres', logging: false });
    await database.transaction(async (transaction) => {
      transaction.afterCommit(publish);
      transaction.afterCommit(() => { second += 1; });
      await database.query(insert, { transaction });
    });
  },
  async TypeORM() {
    const source = new DataSource({ type: 'postgres', ...at, username: 'shop', database: 'postgres' });
    await source.initialize();
    source.subscribers.push({ async afterTransactionCommit() { publish(); } });
    source.subscribers.push({ async afterTransactionCommit() { second += 1; } });
    await source.transaction((manager) => manager.query(insert));
  },
  async MikroORM() {
    const Order = new EntitySchema({ name: 'Order', tableName: 'orders', properties: { id: { type: 'int', primary: true } } });
    const orm = await MikroORM.init({ ...at, dbName: 'postgres', entities: [Order] });
    orm.em.getEventManager().registerSubscriber({ async afterTransactionCommit() { publish(); } });
    orm.em.getEventManager().registerSubscriber({ async afterTransactionCommit() { second += 1; } });
    await orm.em.fork().transactional((manager) => manager.execute(insert));
  },
};
(async () => {
  const client = new Client({ ...at, database: 'postgres' });
  await client.connect();
  await client.query('CREATE TABLE orders (id int)');
  for (const [name, way] of Object.entries(ways)) {
    await client.query('TRUNCATE orders');
    second = 0;
    const said = await way().then(() => 'returns', (error) => `raises ${error.constructor.name}`);
    const { rows } = await client.query('SELECT count(*) FROM orders');
    console.log(`${name}: ${said}; orders ${rows[0].count}; second hook ${second}`);
  }
  process.exit(0);
})();
END
cat >Place.java <<'END'
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

@EnableTransactionManagement
public class Place {
  record Placed(int order) {}

  static int second;

  static class Unavailable extends RuntimeException {}

  public static class Publisher {
    @TransactionalEventListener
    @Order(1)
    public void publish(Placed event) {
      throw new Unavailable();
    }

    @TransactionalEventListener
    @Order(2)
    public void count(Placed event) {
      second++;
    }
  }

  @Bean DataSource source() {
    return new DriverManagerDataSource("jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1");
  }

  @Bean DataSourceTransactionManager manager(DataSource source) {
    return new DataSourceTransactionManager(source);
  }

  @Bean Publisher publisher() {
    return new Publisher();
  }

  static void show(String name, JdbcTemplate database, TransactionTemplate transaction, Runnable hooks) {
    database.update("DELETE FROM orders");
    second = 0;
    String said = "returns";
    try {
      transaction.executeWithoutResult(status -> {
        database.update("INSERT INTO orders VALUES (1)");
        hooks.run();
      });
    } catch (RuntimeException error) {
      said = "raises " + error.getClass().getSimpleName();
    }
    int orders = database.queryForObject("SELECT count(*) FROM orders", Integer.class);
    System.out.println(name + ": " + said + "; orders " + orders + "; second hook " + second);
  }

  public static void main(String[] arguments) {
    var context = new AnnotationConfigApplicationContext(Place.class);
    var database = new JdbcTemplate(context.getBean(DataSource.class));
    database.execute("CREATE TABLE orders (id int)");
    var transaction = new TransactionTemplate(context.getBean(DataSourceTransactionManager.class));
    show("Spring, afterCommit", database, transaction, () -> {
      TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
        @Override public void afterCommit() {
          throw new Unavailable();
        }
      });
      TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
        @Override public void afterCommit() {
          second++;
        }
      });
    });
    show("Spring, event", database, transaction, () -> context.publishEvent(new Placed(1)));
    System.exit(0);
  }
}
END
javac -cp 'jars/*' Place.java
port=$(python3 -c 'import socket
one = socket.socket()
one.bind(("127.0.0.1", 0))
print(one.getsockname()[1])')
install -d -m 777 server
unprivileged "$bin/initdb" -D server/data -U shop -A trust --no-sync >initdb.log
unprivileged "$bin/pg_ctl" -D server/data -o "-p $port -k '' -h 127.0.0.1" -l server/log -w start >start.log
{
  python/bin/python order.py
  node order.js "$port"
  java -cp 'jars/*:.' Place 2>log
} | tee seen
diff seen - <<'END'
Django: raises ConnectionError; orders 1; second hook 0
SQLAlchemy: raises ConnectionError; orders 1; second hook 0
Sequelize: raises Error; orders 1; second hook 0
TypeORM: raises Error; orders 1; second hook 1
MikroORM: raises Error; orders 1; second hook 0
Spring, afterCommit: raises Unavailable; orders 1; second hook 0
Spring, event: returns; orders 1; second hook 1
END
echo "as described"
