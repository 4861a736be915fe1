#!/usr/bin/env bash
# One p99 of one run, by the code of load testing tools, seen on 2026-11-29 with Java 17, Python 3.11 and Go. A hundred
# requests, 99 of 50 ms and one of 2 s: the smallest value that 99 % of them do not exceed (nearest rank) is 50 ms.
# - JMeter 5.6.3 (Maven Central): 50 ms by StatCalculatorLong, which the Aggregate Report shows, and 1980.5 ms by
#   PercentileAggregator, which the HTML dashboard of the same run shows: that one interpolates.
# - HdrHistogram 2.2.2 (Maven Central): 50 ms, as its documents say.
# - Locust 2.47.0 (PyPI): 2000 ms.
# - vegeta 12.12.0 (Go module): 1025 ms, half way between the two, by its t-digest.
# So "p99 below one second" passes with two of these five and fails with three. Locust also rounds before it counts, up too:
# of a single request of 149 ms it shows a median of 149 and a p99 of 150, more than its maximum.
# What to do: compare percentiles only within one tool, and only where at least ten requests lie above it: for p99
# a thousand, not a hundred. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  # JMeter's own dependencies are many; the two calculators need these.
  for artifact in org.apache.jmeter:ApacheJMeter_core:5.6.3 org.apache.jmeter:jorphan:5.6.3 \
    org.apache.commons:commons-math3:3.6.1 org.apache.commons:commons-lang3:3.14.0 org.slf4j:slf4j-api:1.7.36 \
    oro:oro:2.0.8 org.slf4j:slf4j-nop:1.7.36 org.hdrhistogram:HdrHistogram:2.2.2; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version><exclusions>"
    echo '<exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>'
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >Percentiles.java <<'END'
import org.HdrHistogram.Histogram;
import org.apache.jmeter.report.processor.PercentileAggregator;
import org.apache.jorphan.math.StatCalculatorLong;

public class Percentiles {
  public static void main(String[] arguments) {
    StatCalculatorLong aggregateReport = new StatCalculatorLong();
    PercentileAggregator dashboard = new PercentileAggregator(99);
    Histogram histogram = new Histogram(3_600_000, 3);
    for (int i = 0; i < 100; ++i) {
      long milliseconds = i == 99 ? 2000 : 50;
      aggregateReport.addValue(milliseconds);
      dashboard.addValue(milliseconds);
      histogram.recordValue(milliseconds);
    }
    System.out.println("JMeter, aggregate report: " + aggregateReport.getPercentPoint(0.99).longValue());
    System.out.printf(java.util.Locale.ROOT, "JMeter, dashboard: %.1f%n", dashboard.getResult());
    System.out.println("HdrHistogram: " + histogram.getValueAtPercentile(99));
  }
}
END
javac -cp 'jars/*' Percentiles.java
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check locust==2.47.0
cat >percentiles.py <<'END'
from locust.stats import RequestStats

stats = RequestStats()
for i in range(100):
    stats.log_request("POST", "order", 2000 if i == 99 else 50, 0)
print("Locust:", stats.get("order", "POST").get_response_time_percentile(0.99))
stats.log_request("POST", "single", 149, 0)
single = stats.get("single", "POST")
print("Locust, of 149:", f"median {single.median_response_time:.0f}, p99 {single.get_response_time_percentile(0.99)},",
      f"max {single.max_response_time:.0f}")
END
mkdir vegeta
cat >vegeta/go.mod <<'END'
module finding

go 1.22
END
cat >vegeta/main.go <<'END'
package main

import (
	"fmt"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

func main() {
	var metrics vegeta.Metrics
	for i := 0; i < 100; i++ {
		latency := 50 * time.Millisecond
		if i == 99 {
			latency = 2 * time.Second
		}
		start := time.Unix(1764432000, int64(i)*int64(time.Millisecond))
		metrics.Add(&vegeta.Result{Seq: uint64(i), Code: 200, Timestamp: start, Latency: latency})
	}
	metrics.Close()
	fmt.Println("vegeta:", metrics.Latencies.P99.Milliseconds())
}
END
(
  cd vegeta
  export GOPATH=$folder/go
  go get github.com/tsenart/vegeta/v12@v12.12.0 2>go.log
  go build -o vegeta . 2>>go.log
)
{
  java -cp 'jars/*:.' Percentiles
  python/bin/python percentiles.py
  vegeta/vegeta
} | tee seen
diff seen - <<'END'
JMeter, aggregate report: 50
JMeter, dashboard: 1980.5
HdrHistogram: 50
Locust: 2000
Locust, of 149: median 149, p99 150, max 149
vegeta: 1025
END
echo "as described"
