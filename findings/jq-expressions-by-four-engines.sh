#!/usr/bin/env bash
# Expressions of jq, as Serverless Workflow's by default and Conductor's JSON_JQ_TRANSFORM are, by four implementations,
# seen on 2026-11-30 with Java 17, Go and Python 3.11: jq 1.6 (Debian 12), jq 1.13.0 (PyPI, a newer jq as a library),
# gojq v0.12.20 (Go module) and jackson-jq 1.2.0 (Maven Central), which engines in Java evaluate with.
# - jackson-jq counts whole numbers in 64 bits and lets them wrap around: 5000000000 * 2000000000 is
#   -8446744073709551616, without an error, and a total in the smallest unit of a currency is negative. The jqs in C
#   have 1e19, gojq the exact product.
# - An id beyond 2 to the 53rd is another one by jq 1.6 once it is read; by PyPI's once it is computed with; by gojq and
#   jackson-jq it is kept. It equals its neighbour by jq 1.6 and jackson-jq, which compares as fractions.
# - "order-\(.total)" of 12.50 is order-12.50 by PyPI's and gojq, and order-12.5 by jq 1.6 and jackson-jq: as an
#   idempotency key, another key.
# - if without else is a syntax error for jq 1.6 and jackson-jq, fromdate is unknown to jackson-jq, and limit(0; ...) gives
#   one by jq 1.6.
# So an expression that was tried on the command line does something else in the engine.
# What to do: ids and amounts as texts; no keys of numbers; tests of expressions by the engine itself.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download jq libjq1 libonig5 >/dev/null 2>apt.log
for package in *.deb; do dpkg -x "$package" debian; done
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check jq==1.13.0
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies><dependency>'
  echo '<groupId>net.thisptr</groupId><artifactId>jackson-jq</artifactId><version>1.2.0</version>'
  echo '</dependency></dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
echo '{"id": 9007199254740993, "count": 5000000000, "price": 2000000000, "total": 12.50, "paid": true}' >order.json
# Each prints what the expression gives, as a text.
cat >expressions <<'END'
.count * .price | tostring
.id | tostring
.id + 0 | tostring
.id == 9007199254740992 | tostring
"order-\(.total)"
[limit(0; "first", "second")] | tostring
if .paid then "paid" end
"2026-11-30T13:04:07Z" | fromdate | tostring
END
cat >evaluate.py <<'END'
import sys, jq

try:
    print(jq.compile(sys.argv[1]).input_text(open("order.json").read()).first())
except Exception:
    print("raises")
END
cat >Evaluate.java <<'END'
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;

public class Evaluate {
  public static void main(String[] arguments) throws Exception {
    Scope scope = Scope.newEmptyScope();
    BuiltinFunctionLoader.getInstance().loadFunctions(Versions.JQ_1_6, scope);
    try {
      JsonQuery.compile(arguments[0], Versions.JQ_1_6)
          .apply(scope, new ObjectMapper().readTree(new File("order.json")), result -> System.out.println(result.asText()));
    } catch (JsonQueryException error) {
      System.out.println("raises");
    }
  }
}
END
javac -cp 'jars/*' Evaluate.java
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
cat >go-client/main.go <<'END'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/itchyny/gojq"
)

func main() {
	file, err := os.Open("order.json")
	if err != nil {
		panic(err)
	}
	decoder := json.NewDecoder(file)
	decoder.UseNumber()
	var order any
	if err := decoder.Decode(&order); err != nil {
		panic(err)
	}
	query, err := gojq.Parse(os.Args[1])
	if err != nil {
		fmt.Println("raises")
		return
	}
	if result, _ := query.Run(order).Next(); result != nil {
		if _, failed := result.(error); failed {
			result = "raises"
		}
		fmt.Println(result)
	}
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/itchyny/gojq@v0.12.20 2>go.log
  go build -o client . 2>>go.log
)
by_debian() {
  LD_LIBRARY_PATH=$(echo debian/usr/lib/*-linux-gnu) debian/usr/bin/jq -r "$1" order.json 2>error.log || echo raises
}
{
  while IFS= read -r expression; do
    echo "$expression"
    echo "  jq 1.6: $(by_debian "$expression")"
    echo "  jq of PyPI: $(python/bin/python evaluate.py "$expression")"
    echo "  gojq: $(go-client/client "$expression")"
    echo "  jackson-jq: $(java -cp 'jars/*:.' Evaluate "$expression")"
  done <expressions
} | tee seen
diff seen - <<'END'
.count * .price | tostring
  jq 1.6: 1e+19
  jq of PyPI: 1e+19
  gojq: 10000000000000000000
  jackson-jq: -8446744073709551616
.id | tostring
  jq 1.6: 9007199254740992
  jq of PyPI: 9007199254740993
  gojq: 9007199254740993
  jackson-jq: 9007199254740993
.id + 0 | tostring
  jq 1.6: 9007199254740992
  jq of PyPI: 9007199254740992
  gojq: 9007199254740993
  jackson-jq: 9007199254740993
.id == 9007199254740992 | tostring
  jq 1.6: true
  jq of PyPI: false
  gojq: false
  jackson-jq: true
"order-\(.total)"
  jq 1.6: order-12.5
  jq of PyPI: order-12.50
  gojq: order-12.50
  jackson-jq: order-12.5
[limit(0; "first", "second")] | tostring
  jq 1.6: ["first"]
  jq of PyPI: []
  gojq: []
  jackson-jq: []
if .paid then "paid" end
  jq 1.6: raises
  jq of PyPI: paid
  gojq: paid
  jackson-jq: raises
"2026-11-30T13:04:07Z" | fromdate | tostring
  jq 1.6: 1796043847
  jq of PyPI: 1796043847
  gojq: 1796043847
  jackson-jq: raises
END
echo "as described"
