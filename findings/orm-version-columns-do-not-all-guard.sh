#!/usr/bin/env bash
# Two requests read order 17 at version 1. One sets its status to paid, the other, later, its total to 12, and the ORM
# has been told which column is the version: what the second one's saving says, and what is stored. Seen on 2026-11-30
# with PostgreSQL 15 (Debian 12), Node.js 20, Python 3.11 and Go.
# - TypeORM 1.1.1 (npm), save(): saved. It reads the row again, writes every column that differs from the object, and so
#   makes the order unpaid, and sets the version, which was 2, back to 1. It counts versions and does not compare them.
# - gorm.io/plugin/optimisticlock v1.1.3 with GORM v1.31.2 (Go modules): nothing is stored, and the error is nil.
# - Sequelize 6.37.8 and MikroORM 6.6.16 (npm) raise OptimisticLockError, SQLAlchemy 2.1.9 (PyPI) StaleDataError.
# What to do: with TypeORM update({ id, version }, ...) and a look at "affected"; with GORM a look at RowsAffected after
# each update. And test it: two readers, two writers, one of which has to be refused.
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
npm install --silent --no-audit --no-fund pg@8.23.1 typeorm@1.1.1 reflect-metadata@0.2.2 sequelize@6.37.8 \
  @mikro-orm/core@6.6.16 @mikro-orm/postgresql@6.6.16 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check 'psycopg[binary]==3.3.9' sqlalchemy==2.1.9
# Each program reads order 17 twice, sets its status to paid by the one and its total to 12 by the other, and prints
# what the second one's saving says.
cat >save.js <<'END'
const [library, port] = process.argv.slice(2);
const at = { host: '127.0.0.1', port: Number(port), user: 'shop' };
const ways = {
  typeorm: async () => {
    require('reflect-metadata');
    const { DataSource, EntitySchema } = require('typeorm');
    const Order = new EntitySchema({ name: 'orders', columns: {
      id: { type: 'int', primary: true }, status: { type: 'text' }, total: { type: 'int' },
      version: { type: 'int', version: true } } });
    const source = new DataSource({
      type: 'postgres', ...at, username: 'shop', database: 'postgres', entities: [Order] });
    await source.initialize();
    const orders = source.getRepository(Order);
    const [one, other] = [await orders.findOneBy({ id: 17 }), await orders.findOneBy({ id: 17 })];
    one.status = 'paid';
    await orders.save(one);
    other.total = 12;
    await orders.save(other);
  },
  sequelize: async () => {
    const { Sequelize, DataTypes } = require('sequelize');
    const database = new Sequelize('postgres', 'shop', '', { ...at, dialect: 'postgres', logging: false });
    const Order = database.define('orders', { id: { type: DataTypes.INTEGER, primaryKey: true }, status: DataTypes.TEXT,
      total: DataTypes.INTEGER }, { timestamps: false, version: true });
    const [one, other] = [await Order.findByPk(17), await Order.findByPk(17)];
    one.status = 'paid';
    await one.save();
    other.total = 12;
    await other.save();
  },
  mikro: async () => {
    const { MikroORM, EntitySchema } = require('@mikro-orm/postgresql');
    const Order = new EntitySchema({ name: 'Order', tableName: 'orders', properties: {
      id: { type: 'int', primary: true }, status: { type: 'text' }, total: { type: 'int' },
      version: { type: 'int', version: true } } });
    const orm = await MikroORM.init({ ...at, dbName: 'postgres', entities: [Order] });
    const [first, second] = [orm.em.fork(), orm.em.fork()];
    const [one, other] = [await first.findOne('Order', 17), await second.findOne('Order', 17)];
    one.status = 'paid';
    await first.flush();
    other.total = 12;
    await second.flush();
  },
};
ways[library]().then(() => 'saved', (error) => `raises ${error.constructor.name}`).then((said) => {
  console.log(said);
  process.exit(0);
});
END
cat >save.py <<'END'
import sys
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    total: Mapped[int]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

engine = create_engine(f"postgresql+psycopg://shop@127.0.0.1:{sys.argv[1]}/postgres")
with Session(engine) as first, Session(engine) as second:
    one, other = first.get(Order, 17), second.get(Order, 17)
    one.status = "paid"
    first.commit()
    other.total = 12
    try:
        second.commit()
        print("saved")
    except Exception as error:
        print("raises", type(error).__name__)
END
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
cat >go-client/main.go <<'END'
package main

import (
	"fmt"
	"os"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/plugin/optimisticlock"
)

type Order struct {
	ID      int
	Status  string
	Total   int
	Version optimisticlock.Version
}

func main() {
	database, err := gorm.Open(postgres.Open("host=127.0.0.1 user=shop dbname=postgres port="+os.Args[1]), &gorm.Config{})
	if err != nil {
		panic(err)
	}
	var one, other Order
	database.First(&one, 17)
	database.First(&other, 17)
	database.Model(&one).Update("status", "paid")
	result := database.Model(&other).Update("total", 12)
	fmt.Println("error", result.Error, "with", result.RowsAffected, "rows")
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get gorm.io/driver/postgres@v1.6.3 gorm.io/gorm@v1.31.2 gorm.io/plugin/optimisticlock@v1.1.3 2>go.log
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
query 'CREATE TABLE orders (id int PRIMARY KEY, status text, total int, version int)'
save() {
  local name=$1
  shift
  query "DELETE FROM orders; INSERT INTO orders VALUES (17, 'new', 10, 1)"
  echo "$name: $("$@" "$port"); stored: $(query 'SELECT status, total, version FROM orders')"
}
{
  save TypeORM node save.js typeorm
  save GORM go-client/client
  save Sequelize node save.js sequelize
  save MikroORM node save.js mikro
  save SQLAlchemy python/bin/python save.py
} | tee seen
diff seen - <<'END'
TypeORM: saved; stored: new 12 1
GORM: error <nil> with 0 rows; stored: paid 10 2
Sequelize: raises OptimisticLockError; stored: paid 10 2
MikroORM: raises OptimisticLockError; stored: paid 10 2
SQLAlchemy: raises StaleDataError; stored: paid 10 2
END
echo "as described"
