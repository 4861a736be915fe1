#!/usr/bin/env bash
# Values on their way between a workflow and an activity of different languages, by the default converters of Temporal's
# SDKs, seen on 2026-11-30 with Python 3.11, Node.js 20, Java 17 and Go: temporalio 1.35.0 (PyPI), @temporalio/common
# 1.24.0 (npm), io.temporal:temporal-sdk 1.32.0 (Maven Central), go.temporal.io/sdk v1.51.0 (Go module).
# - An amount of 12.9, sent to an activity that takes an integer, is 12 in Python and Java, without an error: the
#   customer is charged less. Go raises.
# - 90 minutes are 5400000000000 by Go (nanoseconds) and 5400.000000000 by Java (seconds): a limit that Go sends is
#   171,000 years in Java, and one that Java sends cannot be read by Go. Python neither writes nor reads a timedelta.
# - The id 9007199254740993 is another id in JavaScript, ...992, and in Go where it is read as "any". A BigInt raises.
# - A Map of JavaScript arrives as {}, and NaN as null, which Go reads as 0.
# - A price of Decimal raises in Python; Java's 12.50 is 12.5 elsewhere; Go's (shopspring v1.6.0) is a text.
# What to do: amounts, durations and ids as texts in whatever passes between languages, or messages of Protobuf; and a
# test that reads in one language what another has written, since a test in one language sees none of this.
# Output seen: as below. Fails when that changes. Takes minutes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @temporalio/common@1.24.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check temporalio==1.35.0
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in io.temporal:temporal-sdk:1.32.0 org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# Each program writes a price, a duration, an id, a map and NaN, and reads what the others write.
cat >values.py <<'END'
import datetime, decimal
from temporalio.api.common.v1 import Payload
from temporalio.converter import DefaultPayloadConverter

converter = DefaultPayloadConverter()

def show(call):
    try:
        return call()
    except Exception as error:
        return "raises " + type(error).__name__

def write(what, value):
    print("Python writes", what, show(lambda: converter.to_payload(value).data.decode()))

def read(text, kind):
    payload = Payload(metadata={"encoding": b"json/plain"}, data=text.encode())
    print("Python reads", text, "as", kind.__name__, show(lambda: converter.from_payload(payload, kind)))

write("price", decimal.Decimal("12.50"))
write("duration", datetime.timedelta(minutes=90))
write("id", 9007199254740993)
write("map", {"book": 1})
read("12.9", int)
read("5400.000000000", datetime.timedelta)
read("9007199254740993", int)
read("null", int)
END
cat >values.js <<'END'
const { defaultPayloadConverter: converter } = require('@temporalio/common');
const show = (call) => {
  try { return call(); } catch (error) { return `raises ${error.name}`; }
};
const write = (what, value) => console.log(
  'JavaScript writes', what, show(() => Buffer.from(converter.toPayload(value).data).toString()));
const read = (text) => console.log('JavaScript reads', text, 'as', converter.fromPayload({
  metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) }));
write('id', 9007199254740993n);
write('map', new Map([['book', 1]]));
write('NaN', NaN);
read('12.50');
read('9007199254740993');
END
cat >Values.java <<'END'
import com.google.protobuf.ByteString;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DefaultDataConverter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

public class Values {
  static final DefaultDataConverter converter = DefaultDataConverter.newDefaultInstance();

  static void write(String what, Object value) {
    System.out.println("Java writes " + what + " " + converter.toPayload(value).get().getData().toStringUtf8());
  }

  static void read(String text, Class<?> kind) {
    Payload payload = Payload.newBuilder().putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
        .setData(ByteString.copyFromUtf8(text)).build();
    System.out.println("Java reads " + text + " as " + kind.getSimpleName() + " " + converter.fromPayload(payload, kind, kind));
  }

  public static void main(String[] arguments) {
    write("price", new BigDecimal("12.50"));
    write("duration", Duration.ofMinutes(90));
    write("id", 9007199254740993L);
    write("map", Map.of("book", 1));
    read("12.9", Integer.class);
    read("5400000000000", Duration.class);
    read("9007199254740993", Long.class);
    read("null", Integer.class);
  }
}
END
javac -cp 'jars/*' Values.java
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
cat >go-client/main.go <<'END'
package main

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	common "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
)

var convert = converter.GetDefaultDataConverter()

func write(what string, value any) {
	payload, err := convert.ToPayload(value)
	if err != nil {
		panic(err)
	}
	fmt.Println("Go writes", what, string(payload.Data))
}

func read[Kind any](text string) {
	var value Kind
	payload := common.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(text)}
	kind := fmt.Sprintf("%T", &value)[1:]
	if err := convert.FromPayload(&payload, &value); err != nil {
		fmt.Println("Go reads", text, "as", kind, "raises")
	} else {
		fmt.Println("Go reads", text, "as", kind, value)
	}
}

func main() {
	write("price", decimal.RequireFromString("12.50"))
	write("duration", 90*time.Minute)
	write("id", int64(9007199254740993))
	write("map", map[string]int{"book": 1})
	read[int64]("12.9")
	read[time.Duration]("5400.000000000")
	read[int64]("9007199254740993")
	read[any]("9007199254740993")
	read[int64]("null")
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get go.temporal.io/sdk@v1.51.0 github.com/shopspring/decimal@v1.6.0 2>go.log
  go mod tidy 2>>go.log
  go build -o client . 2>>go.log
)
{
  python/bin/python values.py
  node values.js
  java -cp 'jars/*:.' Values
  go-client/client
} | tee seen
diff seen - <<'END'
Python writes price raises TypeError
Python writes duration raises TypeError
Python writes id 9007199254740993
Python writes map {"book":1}
Python reads 12.9 as int 12
Python reads 5400.000000000 as timedelta raises TypeError
Python reads 9007199254740993 as int 9007199254740993
Python reads null as int raises TypeError
JavaScript writes id raises ValueError
JavaScript writes map {}
JavaScript writes NaN null
JavaScript reads 12.50 as 12.5
JavaScript reads 9007199254740993 as 9007199254740992
Java writes price 12.50
Java writes duration 5400.000000000
Java writes id 9007199254740993
Java writes map {"book":1}
Java reads 12.9 as Integer 12
Java reads 5400000000000 as Duration PT1500000000H
Java reads 9007199254740993 as Long 9007199254740993
Java reads null as Integer null
Go writes price "12.5"
Go writes duration 5400000000000
Go writes id 9007199254740993
Go writes map {"book":1}
Go reads 12.9 as int64 raises
Go reads 5400.000000000 as time.Duration raises
Go reads 9007199254740993 as int64 9007199254740993
Go reads 9007199254740993 as interface {} 9.007199254740992e+15
Go reads null as int64 0
END
echo "as described"
