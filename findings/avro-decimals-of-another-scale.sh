#!/usr/bin/env bash
# Prices in Avro, as the logical type decimal over bytes, by six libraries, seen on 2026-11-30 with Java 17, Python 3.11
# and Go: org.apache.avro:avro 1.12.0 (Maven Central), avro 1.12.2 and fastavro 1.13.1 (PyPI), hamba/avro v2.31.0 and
# goavro v2.15.0 (Go modules).
# - A consumer that moves on from decimal(10,2) to decimal(12,4) reads 12.50 as 0.1250 with Java's and hamba's: the bytes
#   hold 1250, and the reader's scale is applied to them. The specification says that two decimals match only when
#   precision and scale do. The check of compatibility by Java, Python and hamba, which registries are made with, finds
#   the two compatible, so that nothing stops the change. Both of Python read 12.50.
# - A price with more decimals than the schema has is refused by Java and Python. hamba and goavro cut it off downwards:
#   12.349 is written as 12.34, and its refund of -12.349 as -12.35.
# - avro of PyPI writes Decimal("1E+3"), which Decimal("1000").normalize() is, as 0.01. A number with more digits than the
#   precision, 99999999999.99, it reads as 100000000000 and goavro lets pass; the others refuse it.
# What to do: never change the scale of a field, but add a field; fix the scale before writing (quantize); or amounts as
# whole cents, or as texts.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check avro==1.12.2 fastavro==1.13.1
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.apache.avro:avro:1.12.0 org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
for scale in 2 4; do
  echo '{"type": "record", "name": "Order", "fields": [{"name": "price",' \
    "\"type\": {\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": $((8 + scale)), \"scale\": $scale}}]}" \
    >$scale.avsc
done
# Each program writes prices by scale 2 and reads them by it; the first one is also read by scale 4.
cat >prices.py <<'END'
import io, json
from decimal import Decimal
import avro.io, avro.schema, fastavro
from avro.compatibility import ReaderWriterCompatibilityChecker

texts = {scale: open(f"{scale}.avsc").read() for scale in (2, 4)}

def by_avro(price, scale):
    buffer, writer = io.BytesIO(), avro.schema.parse(texts[2])
    avro.io.DatumWriter(writer).write({"price": price}, avro.io.BinaryEncoder(buffer))
    buffer.seek(0)
    return avro.io.DatumReader(writer, avro.schema.parse(texts[scale])).read(avro.io.BinaryDecoder(buffer))

def by_fastavro(price, scale):
    buffer, writer = io.BytesIO(), fastavro.parse_schema(json.loads(texts[2]))
    fastavro.schemaless_writer(buffer, writer, {"price": price})
    buffer.seek(0)
    return fastavro.schemaless_reader(buffer, writer, fastavro.parse_schema(json.loads(texts[scale])))

def show(name, read, price, scale):
    try:
        print(f"{name}: {price} by scale {scale} is {read(Decimal(price), scale)['price']}")
    except Exception as error:
        print(f"{name}: {price} raises {type(error).__name__}")

for name, read in ("avro of PyPI", by_avro), ("fastavro", by_fastavro):
    show(name, read, "12.50", 4)
    for price in "12.349", "-12.349", "1E+3", "99999999999.99":
        show(name, read, price, 2)
result = ReaderWriterCompatibilityChecker().get_compatibility(avro.schema.parse(texts[4]), avro.schema.parse(texts[2]))
print("avro of PyPI:", result.compatibility.name)
END
cat >Prices.java <<'END'
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.math.BigDecimal;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

public class Prices {
  static final GenericData data = new GenericData();
  static Schema two, four;

  static void show(String price, Schema reader, int scale) throws Exception {
    GenericRecord order = new GenericData.Record(two);
    order.put("price", new BigDecimal(price));
    var bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(two, data).write(order, encoder);
      encoder.flush();
      var decoder = DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null);
      GenericRecord read = new GenericDatumReader<GenericRecord>(two, reader, data).read(null, decoder);
      System.out.println("Java: " + price + " by scale " + scale + " is " + read.get("price"));
    } catch (RuntimeException error) {
      System.out.println("Java: " + price + " raises " + error.getClass().getSimpleName());
    }
  }

  public static void main(String[] arguments) throws Exception {
    data.addLogicalTypeConversion(new Conversions.DecimalConversion());
    two = new Schema.Parser().parse(new File("2.avsc"));
    four = new Schema.Parser().parse(new File("4.avsc"));
    show("12.50", four, 4);
    for (String price : new String[] {"12.349", "-12.349", "1E+3", "99999999999.99"}) show(price, two, 2);
    System.out.println("Java: " + SchemaCompatibility.checkReaderWriterCompatibility(four, two).getType());
  }
}
END
javac -cp 'jars/*' Prices.java
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
cat >go-client/main.go <<'END'
package main

import (
	"fmt"
	"math/big"
	"os"

	"github.com/hamba/avro/v2"
	"github.com/linkedin/goavro/v2"
)

type Order struct {
	Price *big.Rat `avro:"price"`
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	text, err := os.ReadFile("2.avsc")
	check(err)
	two := avro.MustParse(string(text))
	four, err := avro.ParseFiles("4.avsc")
	check(err)
	codec, err := goavro.NewCodec(string(text))
	check(err)
	bytes, err := avro.Marshal(two, Order{big.NewRat(25, 2)})
	check(err)
	compatibility := avro.NewSchemaCompatibility()
	resolved, err := compatibility.Resolve(four, two)
	check(err)
	var order Order
	check(avro.Unmarshal(resolved, bytes, &order))
	fmt.Println("hamba: 12.50 by scale 4 is", order.Price.FloatString(4))
	fmt.Println("hamba: refuses the change:", compatibility.Compatible(four, two))
	for _, price := range []string{"12.349", "-12.349", "1E+3", "99999999999.99"} {
		number, _ := new(big.Rat).SetString(price)
		if bytes, err := avro.Marshal(two, Order{number}); err != nil {
			fmt.Println("hamba:", price, "raises")
		} else {
			check(avro.Unmarshal(two, bytes, &order))
			fmt.Println("hamba:", price, "by scale 2 is", order.Price.FloatString(2))
		}
		bytes, err := codec.BinaryFromNative(nil, map[string]any{"price": number})
		check(err)
		native, _, err := codec.NativeFromBinary(bytes)
		check(err)
		fmt.Println("goavro:", price, "by scale 2 is", native.(map[string]any)["price"].(*big.Rat).FloatString(2))
	}
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/hamba/avro/v2@v2.31.0 github.com/linkedin/goavro/v2@v2.15.0 2>go.log
  go build -o client . 2>>go.log
)
{
  java -cp 'jars/*:.' Prices
  python/bin/python prices.py
  go-client/client | sort --stable --key=1,1
} | tee seen
diff seen - <<'END'
Java: 12.50 by scale 4 is 0.1250
Java: 12.349 raises AvroTypeException
Java: -12.349 raises AvroTypeException
Java: 1E+3 by scale 2 is 1000.00
Java: 99999999999.99 raises AvroTypeException
Java: COMPATIBLE
avro of PyPI: 12.50 by scale 4 is 12.50
avro of PyPI: 12.349 raises AvroOutOfScaleException
avro of PyPI: -12.349 raises AvroOutOfScaleException
avro of PyPI: 1E+3 by scale 2 is 0.01
avro of PyPI: 99999999999.99 by scale 2 is 1.000000000E+11
fastavro: 12.50 by scale 4 is 12.50
fastavro: 12.349 raises ValueError
fastavro: -12.349 raises ValueError
fastavro: 1E+3 by scale 2 is 1000.00
fastavro: 99999999999.99 raises ValueError
avro of PyPI: compatible
goavro: 12.349 by scale 2 is 12.34
goavro: -12.349 by scale 2 is -12.35
goavro: 1E+3 by scale 2 is 1000.00
goavro: 99999999999.99 by scale 2 is 99999999999.99
hamba: 12.50 by scale 4 is 0.1250
hamba: refuses the change: <nil>
hamba: 12.349 by scale 2 is 12.34
hamba: -12.349 by scale 2 is -12.35
hamba: 1E+3 by scale 2 is 1000.00
hamba: 99999999999.99 raises
END
echo "as described"
