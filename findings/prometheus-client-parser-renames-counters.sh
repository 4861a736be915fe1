#!/usr/bin/env bash
# prometheus-client 0.26.0 (PyPI), whose parser reads the Prometheus text format (0.0.4) in Python, seen on 2026-11-29
# with Python 3.11 beside Go's github.com/prometheus/common v0.67.4, which Prometheus and promtool are made with. The
# text format, unlike OpenMetrics, wants no "_total" at the end of a counter's name.
# - A counter that is called "requests" is read as a sample "requests_total", a name that stands nowhere in the text;
#   Go's, and so Prometheus, has requests.
# - A family "orders_total" is called "orders" by Python, with a sample orders_total; Go's calls it orders_total, as the
#   text does. So a script that looks for the family by the name in "# TYPE" finds nothing.
# Written again by the same library, the text has "# TYPE requests_total counter".
# What to do: compare the names of samples, not of families, and end names of counters in _total.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check prometheus-client==0.26.0
cat >text <<'END'
# HELP orders_total Orders.
# TYPE orders_total counter
orders_total 3
# HELP requests Requests.
# TYPE requests counter
requests 7
END
cat >read.py <<'END'
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

families = list(text_string_to_metric_families(open("text").read()))
for family in families:
    print(f"python: family {family.name}, sample {family.samples[0].name}")

class Again:
    def collect(self):
        return families
registry = CollectorRegistry()
registry.register(Again())
for line in generate_latest(registry).decode().splitlines():
    if line.startswith("# TYPE"):
        print("python writes", line)
END
mkdir go-reader
cat >go-reader/go.mod <<'END'
module finding

go 1.22
END
cat >go-reader/main.go <<'END'
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func main() {
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"orders_total", "requests"} {
		fmt.Printf("go: family %s, value %g\n", families[name].GetName(), families[name].Metric[0].GetCounter().GetValue())
	}
}
END
(
  cd go-reader
  export GOPATH=$folder/go
  go get github.com/prometheus/common@v0.67.4 2>go.log
  go mod tidy 2>>go.log
  go build -o reader . 2>>go.log
)
{
  python/bin/python read.py
  go-reader/reader <text
} | tee seen
diff seen - <<'END'
python: family orders, sample orders_total
python: family requests, sample requests_total
python writes # TYPE orders_total counter
python writes # TYPE requests_total counter
go: family orders_total, value 3
go: family requests, value 7
END
echo "as described"
