#!/usr/bin/env bash
# An amount in a header of AMQP 0-9-1, as messages of RabbitMQ have, written and read by the codecs of eight clients,
# seen on 2026-12-01 with Java 17, Python 3.11, Node.js 20 and Go, without a broker between them. Where one is another,
# there is no error.
# - A whole number of cents above 2^31, here 3000000000: amqp091-go v1.16.0 (Go module), which writes an int in 32 bits,
#   and @cloudamqp/amqp-client 4.1.1 (npm), which takes numbers up to 2^32 for 32 bits with a sign, write -1294967296.
#   py-amqp 5.4.2 (PyPI, Celery's) writes it with the tag L, which Java's, Go's and those of npm refuse to read.
# - 199999.99 as a fraction: pika 1.4.4 (PyPI) reads 199999 whoever wrote it: the cents are gone. pamqp 4.0.1 (PyPI,
#   aio-pika's) and @cloudamqp/amqp-client write 32 bits: 199999.98.
# - A decimal: the specification has its digits with a sign in 4.2.5.5 and without one in 4.2.1. amqplib 2.3.1 and
#   @cloudamqp/amqp-client (npm) read a refund of -12.50 as 42949660.46; 30000000.00 of amqplib's is -12949672.96 to
#   all others.
# com.rabbitmq:amqp-client 5.36.0 (Maven Central) and rabbitmq-client 5.0.8 (npm) read and write rightly what they take.
# What to do: amounts in headers as texts, or in the body; in Go int64(amount). Output seen: as below. Fails when that
# changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund amqplib@2.3.1 rabbitmq-client@5.0.8 @cloudamqp/amqp-client@4.1.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check pika==1.4.4 amqp==5.4.2 pamqp==4.0.1
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.rabbitmq</groupId><artifactId>amqp-client</artifactId><version>5.36.0</version>
    </dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program, given "write", prints the table {"amount": ...} of each case in hexadecimal digits: CASE TABLE WRITER;
# and given "read" it reads such lines and prints CASE WRITER VALUE READER. The cases are: fraction, 199999.99 as a
# double; whole, 3000000000; negative, -12.50 as a decimal; large, 30000000.00 as one.
cat >table.py <<'END'
import sys
from decimal import Decimal
import amqp.serialization, pamqp.decode, pamqp.encode, pika.data

def write_pika(table):
    pieces = []
    pika.data.encode_table(pieces, table)
    return b"".join(pieces)

libraries = {
    "pika": (write_pika, lambda table: pika.data.decode_table(table, 0)[0]),
    "py-amqp": (lambda table: amqp.serialization.dumps("F", [table]),
                lambda table: amqp.serialization.loads("F", table, 0)[0][0]),
    "pamqp": (pamqp.encode.field_table, lambda table: pamqp.decode.field_table(table)[1]),
}
cases = {"fraction": 199999.99, "whole": 3000000000, "negative": Decimal("-12.50"), "large": Decimal("30000000.00")}
if sys.argv[1] == "write":
    for name, (write, _) in libraries.items():
        for case, amount in cases.items():
            try:
                print(case, bytes(write({"amount": amount})).hex(), name)
            except Exception:
                print(case, "raises", name)
else:
    for line in sys.stdin:
        case, table, writer = line.split()
        for name, (_, read) in libraries.items():
            try:
                value = read(bytes.fromhex(table))["amount"]
            except Exception:
                value = "raises"
            print(case, writer, f"{value:f}" if isinstance(value, Decimal) else value, name)
END
cat >table.mjs <<'END'
import { readFileSync } from 'node:fs';
import { AMQPView } from '@cloudamqp/amqp-client/amqp-view';
import amqplib from './node_modules/amqplib/lib/codec.js';
import codec from './node_modules/rabbitmq-client/lib/codec.js';

// rabbitmq-client's tables are read and written within frames, here as the properties of a server.
const frame = { type: codec.FrameType.METHOD, channelId: 0, methodId: codec.Cmd.ConnectionStart };
const others = { versionMajor: 0, versionMinor: 9, mechanisms: 'PLAIN', locales: 'en_US' };
const plain = (scale, value) => (value / 10 ** scale).toFixed(scale);
const libraries = {
  amqplib: {
    decimal: (places, digits) => ({ '!': 'decimal', value: { places, digits } }),
    write(table) {
      const buffer = Buffer.alloc(1000);
      return buffer.subarray(0, amqplib.encodeTable(buffer, table, 0));
    },
    read: (bytes) => amqplib.decodeFields(bytes.subarray(4)),
    show: (value) => (value['!'] === 'decimal' ? plain(value.value.places, value.value.digits) : value),
  },
  'rabbitmq-client': {
    write(table) {
      const bytes = codec.encodeFrame({ ...frame, params: { ...others, serverProperties: table } });
      return bytes.subarray(13, 17 + bytes.readUInt32BE(13));
    },
    async read(bytes) {
      const whole = codec.encodeFrame({ ...frame, params: { ...others, serverProperties: {} } });
      const changed = Buffer.concat([whole.subarray(0, 13), bytes, whole.subarray(17)]);
      changed.writeUInt32BE(changed.length - 8, 3);
      let offset = 0;
      const next = async (size) => changed.subarray(offset, (offset += size));
      return (await codec.decodeFrame(next)).params.serverProperties;
    },
    show: (value) => (typeof value === 'object' ? plain(value.scale, value.value) : value),
  },
  '@cloudamqp': {
    write(table) {
      const bytes = Buffer.alloc(1000);
      const view = new AMQPView(bytes.buffer, bytes.byteOffset, bytes.length);
      return bytes.subarray(0, view.setTable(0, table));
    },
    read: (bytes) => new AMQPView(bytes.buffer, bytes.byteOffset, bytes.length).getTable(0)[0],
    show: (value) => value,
  },
};
const lines = process.argv[2] === 'read' ? readFileSync(0, 'utf8').trim().split('\n') : [];
for (const [name, { decimal, write, read, show }] of Object.entries(libraries)) {
  if (process.argv[2] === 'write') {
    const cases = { fraction: 199999.99, whole: 3000000000 };
    if (decimal) Object.assign(cases, { negative: decimal(2, -1250), large: decimal(2, 3000000000) });
    for (const [given, amount] of Object.entries(cases)) {
      let table = 'raises';
      try {
        table = write({ amount }).toString('hex');
      } catch {}
      console.log(given, table, name);
    }
  } else {
    for (const line of lines) {
      const [given, table, writer] = line.split(' ');
      let value = 'raises';
      try {
        value = show((await read(Buffer.from(table, 'hex'))).amount);
      } catch {}
      console.log(given, writer, value, name);
    }
  }
}
END
cat >Table.java <<'END'
import com.rabbitmq.client.impl.ValueReader;
import com.rabbitmq.client.impl.ValueWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Scanner;

public class Table {
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("write")) {
      var cases = new LinkedHashMap<String, Object>();
      cases.put("fraction", 199999.99);
      cases.put("whole", 3000000000L);
      cases.put("negative", new BigDecimal("-12.50"));
      cases.put("large", new BigDecimal("30000000.00"));
      for (var given : cases.entrySet()) {
        var bytes = new ByteArrayOutputStream();
        String table = "raises";
        try {
          new ValueWriter(new DataOutputStream(bytes)).writeTable(Map.of("amount", given.getValue()));
          table = HexFormat.of().formatHex(bytes.toByteArray());
        } catch (Exception error) {
        }
        System.out.println(given.getKey() + " " + table + " amqp-client");
      }
      return;
    }
    for (var lines = new Scanner(System.in); lines.hasNext();) {
      String given = lines.next();
      var bytes = new ByteArrayInputStream(HexFormat.of().parseHex(lines.next()));
      Object value;
      try {
        value = new ValueReader(new DataInputStream(bytes)).readTable().get("amount");
      } catch (Exception error) {
        value = "raises";
      }
      System.out.println(given + " " + lines.next() + " " + value + " amqp-client");
    }
  }
}
END
mkdir go-table
cat >go-table/go.mod <<'END'
module finding

go 1.24
END
# The tables of amqp091-go are read and written while it connects, as the properties of a server and of a client.
cat >go-table/main.go <<'END'
package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func send(to io.Writer, class, method uint16, arguments []byte) {
	frame := []byte{1, 0, 0}
	frame = binary.BigEndian.AppendUint32(frame, uint32(len(arguments)+4))
	frame = binary.BigEndian.AppendUint16(frame, class)
	frame = binary.BigEndian.AppendUint16(frame, method)
	_, err := to.Write(append(append(frame, arguments...), 0xce))
	check(err)
}

func receive(from io.Reader) []byte {
	head := make([]byte, 7)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil // the client has given the connection up
	}
	body := make([]byte, binary.BigEndian.Uint32(head[3:])+1)
	_, err := io.ReadFull(from, body)
	check(err)
	return body[4:]
}

// Connects with properties to a server that has the given table for its own; returns both as they arrived.
func exchange(properties amqp.Table, table []byte) ([]byte, amqp.Table) {
	client, server := net.Pipe()
	arrived := make(chan []byte, 1)
	go func() {
		_, err := io.ReadFull(server, make([]byte, 8))
		check(err)
		start := append([]byte{0, 9}, table...)
		send(server, 10, 10, append(start, "\x00\x00\x00\x05PLAIN\x00\x00\x00\x05en_US"...))
		if start = receive(server); start == nil {
			return
		}
		arrived <- start[:4+binary.BigEndian.Uint32(start)]
		send(server, 10, 30, make([]byte, 8))
		receive(server)
		receive(server)
		send(server, 10, 41, []byte{0})
		io.Copy(io.Discard, server)
	}()
	connection, err := amqp.Open(client, amqp.Config{Properties: properties, SASL: []amqp.Authentication{
		&amqp.PlainAuth{Username: "guest", Password: "guest"}}})
	if err != nil {
		return nil, amqp.Table{"amount": "raises"}
	}
	return <-arrived, connection.Properties
}

func main() {
	empty := []byte{0, 0, 0, 0}
	if os.Args[1] == "write" {
		for _, given := range []struct {
			name   string
			amount any
		}{{"fraction", 199999.99}, {"whole", 3000000000}, {"negative", amqp.Decimal{Scale: 2, Value: -1250}}} {
			table, _ := exchange(amqp.Table{"amount": given.amount}, empty)
			text := hex.EncodeToString(table)
			// Of its properties only the one that was given: its name, and the value behind it.
			at := strings.Index(text, hex.EncodeToString([]byte("\x06amount")))
			size := map[string]int{"44": 6, "49": 5, "64": 9}[text[at+14:at+16]]
			fmt.Printf("%s %08x%s amqp091-go\n", given.name, 7+size, text[at:at+2*(7+size)])
		}
		return
	}
	for {
		var given, text, writer string
		if _, err := fmt.Scan(&given, &text, &writer); err != nil {
			return
		}
		table, err := hex.DecodeString(text)
		check(err)
		_, properties := exchange(nil, table)
		value := properties["amount"]
		if decimal, is := value.(amqp.Decimal); is {
			value = fmt.Sprintf("%.*f", int(decimal.Scale), float64(decimal.Value)/math.Pow10(int(decimal.Scale)))
		}
		fmt.Println(given, writer, value, "amqp091-go")
	}
}
END
(
  cd go-table
  export GOPATH=$folder/go
  go get github.com/rabbitmq/amqp091-go@v1.16.0 2>go.log
  go build -o table . 2>>go.log
)
javac -cp 'jars/*' Table.java
{
  java -cp 'jars/*:.' Table write
  python/bin/python table.py write
  node table.mjs write
  go-table/table write
} >written
grep -v raises written >tables
{
  java -cp 'jars/*:.' Table read <tables
  python/bin/python table.py read <tables
  node table.mjs read <tables
  go-table/table read <tables
} >readings
# For each case and writer the value that most readers have, and then the others with their readers.
cat >compare.py <<'END'
from collections import defaultdict
from decimal import Decimal

written, read = defaultdict(list), defaultdict(lambda: defaultdict(list))
for line in open("written"):
    case, table, writer = line.split()
    written[case].append((writer, table == "raises"))
for line in open("readings"):
    case, writer, value, reader = line.split()
    read[case, writer][value if value == "raises" else f"{Decimal(value).normalize():f}"].append(reader)
for case, writers in written.items():
    for writer, raises in writers:
        values = sorted(read[case, writer].items(), key=lambda one: -len(one[1]))
        others = [f"{value} by {', '.join(readers)}" for value, readers in values[1:]]
        print(f"{case}, {writer}: {'; '.join(['cannot be written' if raises else values[0][0], *others])}")
END
python3 compare.py | tee seen
diff seen - <<'END'
fraction, amqp-client: 199999.99; 199999 by pika
fraction, pika: cannot be written
fraction, py-amqp: 199999.99; 199999 by pika
fraction, pamqp: 199999.984375; 199999.98 by amqp-client, amqp091-go; 199999 by pika
fraction, amqplib: 199999.99; 199999 by pika
fraction, rabbitmq-client: 199999.99; 199999 by pika
fraction, @cloudamqp: 199999.984375; 199999.98 by amqp-client, amqp091-go; 199999 by pika
fraction, amqp091-go: 199999.99; 199999 by pika
whole, amqp-client: 3000000000
whole, pika: 3000000000
whole, py-amqp: raises; 3000000000 by pika, py-amqp, pamqp
whole, pamqp: 3000000000
whole, amqplib: 3000000000
whole, rabbitmq-client: 3000000000
whole, @cloudamqp: -1294967296
whole, amqp091-go: -1294967296
negative, amqp-client: -12.5; 42949660.46 by amqplib, @cloudamqp
negative, pika: -12.5; 429496717.1 by amqplib, @cloudamqp
negative, py-amqp: -12.5; 42949660.46 by amqplib, @cloudamqp
negative, pamqp: -12.5; 42949660.46 by amqplib, @cloudamqp
negative, amqplib: cannot be written
negative, amqp091-go: -12.5; 42949660.46 by amqplib, @cloudamqp
large, amqp-client: cannot be written
large, pika: 30000000
large, py-amqp: cannot be written
large, pamqp: cannot be written
large, amqplib: -12949672.96; 30000000 by amqplib, @cloudamqp
END
echo "as described"
