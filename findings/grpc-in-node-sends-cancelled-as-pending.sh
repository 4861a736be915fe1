#!/usr/bin/env bash
# An order that came as JSON, such as {"cents": 12.9}, is made a message of Protobuf, as for gRPC: what is sent, by six
# libraries, seen on 2026-12-01 with Node.js 20 and Python 3.11. Its status is PENDING, PAID or SHIPPED.
# - @grpc/proto-loader 0.8.1 (npm), by which Node.js speaks gRPC, and protobufjs 7.6.6 and 8.8.1 (npm) send CANCELLED, a
#   status that only a newer schema has, as PENDING, 3000000000 cents in an int32 as -1294967296, 12.9 and "12.50" as
#   12, and "false" as true. Nothing raises. verify() of protobufjs, which neither calls, lets the 3000000000 pass, and
#   refuses PAID by its name.
# - betterproto2 0.10.0 (PyPI) sends -1294967296 as well, and by from_dict() 12 for 12.9. It refuses the others.
# - create() of @protobuf-ts/runtime 2.11.1 and @bufbuild/protobuf 2.17.0 (npm) take "false" for true, and refuse the
#   others. Their fromJson(), and protobuf 7.36.2 (PyPI), refuse all; but with the option that ignores unknown fields,
#   which one sets for the sake of newer members, CANCELLED is PENDING with them, too.
# What to do: let the first value of an enum be UNSPECIFIED, and refuse it in each handler; cents in int64; and compare
# the JSON with a schema before it becomes a message. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @grpc/proto-loader@0.8.1 protobufjs-7@npm:protobufjs@7.6.6 protobufjs@8.8.1 \
  @bufbuild/protobuf@2.17.0 @protobuf-ts/runtime@2.11.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check protobuf==7.36.2 betterproto2==0.10.0
cat >order.proto <<'END'
syntax = "proto3";
enum Status { PENDING = 0; PAID = 1; SHIPPED = 2; }
message Order { Status status = 1; int32 cents = 2; int64 total = 3; bool gift = 4; }
service Shop { rpc Put (Order) returns (Order); }
END
cat >cases.json <<'END'
[{"status": "PAID"}, {"status": "CANCELLED"}, {"cents": 3000000000}, {"cents": 12.9}, {"total": "12.50"},
  {"gift": "false"}]
END
# Each way makes a message of each object, encodes it, and shows what a reader has of it.
cat >send.mjs <<'END'
import { readFileSync } from 'node:fs';
import * as buf from '@bufbuild/protobuf';
import * as known from '@bufbuild/protobuf/wkt';
import { loadSync } from '@grpc/proto-loader';
import { MessageType, ScalarType } from '@protobuf-ts/runtime';
import protobuf from 'protobufjs';
import protobuf7 from 'protobufjs-7';

const shown = { enums: String, longs: String, defaults: true };
const { Put } = loadSync('order.proto', shown).Shop;
const ofProtobufjs = ({ parse }) => parse(readFileSync('order.proto', 'utf8')).root.lookupType('Order');
const [Order7, Order8] = [protobuf7, protobuf].map(ofProtobufjs);
const sent = (Order, order) => Order.toObject(Order.decode(Order.encode(Order.fromObject(order)).finish()), shown);

const values = ['PENDING', 'PAID', 'SHIPPED'];
const Status = Object.fromEntries(values.flatMap((name, number) => [[name, number], [number, name]]));
const TsOrder = new MessageType('Order', [
  { no: 1, name: 'status', kind: 'enum', T: () => ['Status', Status] },
  { no: 2, name: 'cents', kind: 'scalar', T: ScalarType.INT32 },
  { no: 3, name: 'total', kind: 'scalar', T: ScalarType.INT64 },
  { no: 4, name: 'gift', kind: 'scalar', T: ScalarType.BOOL },
]);
const ofTs = (message) => TsOrder.toJson(TsOrder.fromBinary(TsOrder.toBinary(message)), { emitDefaultValues: true });

const Type = known.FieldDescriptorProto_Type;
const field = (name, number, type, typeName) => ({ name, number, type, typeName, jsonName: name, label: 1 });
const file = buf.create(known.FileDescriptorProtoSchema, {
  name: 'order.proto',
  syntax: 'proto3',
  enumType: [{ name: 'Status', value: values.map((name, number) => ({ name, number })) }],
  messageType: [{ name: 'Order', field: [field('status', 1, Type.ENUM, '.Status'), field('cents', 2, Type.INT32),
    field('total', 3, Type.INT64), field('gift', 4, Type.BOOL)] }],
});
const files = buf.create(known.FileDescriptorSetSchema, { file: [file] });
const BufOrder = buf.createFileRegistry(files).getMessage('Order');
const ofBuf = (message) =>
  buf.toJson(BufOrder, buf.fromBinary(BufOrder, buf.toBinary(BufOrder, message)), { alwaysEmitImplicit: true });

const ways = {
  '@grpc/proto-loader': (order) => Put.requestDeserialize(Put.requestSerialize(order)),
  'protobufjs 7': (order) => sent(Order7, order),
  'protobufjs 8': (order) => sent(Order8, order),
  'verify() of protobufjs 8': (order) => (Order8.verify(order) ? null : { ...order }),
  'create() of @protobuf-ts': (order) => ofTs(TsOrder.create(order)),
  'fromJson() of @protobuf-ts': (order) => ofTs(TsOrder.fromJson(order)),
  'create() of @bufbuild': (order) => ofBuf(buf.create(BufOrder, order)),
  'fromJson() of @bufbuild': (order) => ofBuf(buf.fromJson(BufOrder, order)),
  'fromJson() of @bufbuild, ignoring': (order) => ofBuf(buf.fromJson(BufOrder, order, { ignoreUnknownFields: true })),
};
const cases = JSON.parse(readFileSync('cases.json', 'utf8'));
for (const [name, send] of Object.entries(ways)) {
  const outcomes = cases.map((order) => {
    const [[member, given]] = Object.entries(order);
    try {
      return `${given} ${send(order)[member]}`;
    } catch {
      return `${given} raises`;
    }
  });
  console.log(`${name}: ${outcomes.join(', ')}`);
}
END
cat >send.py <<'END'
import json
from dataclasses import dataclass
import betterproto2
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

names = "PENDING", "PAID", "SHIPPED"
kinds = descriptor_pb2.FieldDescriptorProto
file = descriptor_pb2.FileDescriptorProto(name="order.proto", syntax="proto3")
status = file.enum_type.add(name="Status")
for number, name in enumerate(names):
    status.value.add(name=name, number=number)
order = file.message_type.add(name="Order")
order.field.add(name="status", number=1, type=kinds.TYPE_ENUM, label=kinds.LABEL_OPTIONAL, type_name=".Status")
others = ("cents", kinds.TYPE_INT32), ("total", kinds.TYPE_INT64), ("gift", kinds.TYPE_BOOL)
for number, (name, kind) in enumerate(others, 2):
    order.field.add(name=name, number=number, type=kind, label=kinds.LABEL_OPTIONAL)
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
Order = message_factory.GetMessageClass(pool.FindMessageTypeByName("Order"))

class Status(betterproto2.Enum):
    PENDING = 0
    PAID = 1
    SHIPPED = 2

@dataclass(eq=False, repr=False)
class Better(betterproto2.Message):
    status: Status = betterproto2.field(1, betterproto2.TYPE_ENUM, default_factory=lambda: Status(0))
    cents: int = betterproto2.field(2, betterproto2.TYPE_INT32)
    total: int = betterproto2.field(3, betterproto2.TYPE_INT64)
    gift: bool = betterproto2.field(4, betterproto2.TYPE_BOOL)

ways = {
    "protobuf of PyPI": lambda given: Order(**given),
    "ParseDict of PyPI": lambda given: json_format.ParseDict(given, Order()),
    "ParseDict of PyPI, ignoring": lambda given: json_format.ParseDict(given, Order(), ignore_unknown_fields=True),
    "betterproto2": lambda given: Better(**given),
    "from_dict of betterproto2": Better.from_dict,
}
for name, make in ways.items():
    outcomes = []
    for given in json.load(open("cases.json")):
        (member, value), = given.items()
        try:
            read = json_format.MessageToDict(Order.FromString(make(given).SerializeToString()),
                                             always_print_fields_with_no_presence=True)
            outcomes.append(f"{value} {read[member]}")
        except Exception:
            outcomes.append(f"{value} raises")
    print(f"{name}: {', '.join(outcomes)}")
END
{
  node send.mjs
  python/bin/python send.py
} | tee seen
diff seen - <<'END'
@grpc/proto-loader: PAID PAID, CANCELLED PENDING, 3000000000 -1294967296, 12.9 12, 12.50 12, false true
protobufjs 7: PAID PAID, CANCELLED PENDING, 3000000000 -1294967296, 12.9 12, 12.50 12, false true
protobufjs 8: PAID PAID, CANCELLED PENDING, 3000000000 -1294967296, 12.9 12, 12.50 12, false true
verify() of protobufjs 8: PAID raises, CANCELLED raises, 3000000000 3000000000, 12.9 raises, 12.50 raises, false raises
create() of @protobuf-ts: PAID raises, CANCELLED raises, 3000000000 raises, 12.9 raises, 12.50 raises, false true
fromJson() of @protobuf-ts: PAID PAID, CANCELLED raises, 3000000000 raises, 12.9 raises, 12.50 raises, false raises
create() of @bufbuild: PAID raises, CANCELLED raises, 3000000000 raises, 12.9 raises, 12.50 raises, false true
fromJson() of @bufbuild: PAID PAID, CANCELLED raises, 3000000000 raises, 12.9 raises, 12.50 raises, false raises
fromJson() of @bufbuild, ignoring: PAID PAID, CANCELLED PENDING, 3000000000 raises, 12.9 raises, 12.50 raises, false raises
protobuf of PyPI: PAID PAID, CANCELLED raises, 3000000000 raises, 12.9 raises, 12.50 raises, false raises
ParseDict of PyPI: PAID PAID, CANCELLED raises, 3000000000 raises, 12.9 raises, 12.50 raises, false raises
ParseDict of PyPI, ignoring: PAID PAID, CANCELLED PENDING, 3000000000 raises, 12.9 raises, 12.50 raises, false raises
betterproto2: PAID raises, CANCELLED raises, 3000000000 -1294967296, 12.9 raises, 12.50 raises, false raises
from_dict of betterproto2: PAID PAID, CANCELLED raises, 3000000000 -1294967296, 12.9 12, 12.50 raises, false raises
END
echo "as described"
