#!/usr/bin/env bash
# A histogram of up to 60 s, in milliseconds, is given 95 requests of 20 ms and 5 of 90 s, as when a server stands
# still, by five libraries of HdrHistogram, seen on 2026-12-01 with Python 3.11, Node.js 20, Java 17 and Go. Once each is
# recorded ("recorded"), and once the five come with a histogram of up to an hour, as of a second machine ("merged").
# - hdrhistogram 0.10.8 (PyPI) drops the five: record_value() returns False for each. The report says 95 requests, p99
#   and maximum 20 ms, of a run whose slowest users waited for a minute and a half. Merging raises.
# - createHistogram() of Node.js itself drops them as well, and counts them in "exceeds", apart from "count". Merged by
#   add(), they are in "count" and not in "exceeds": 100 requests, none of which exceeds, p99 and maximum 20 ms.
# - hdrhistogram-go v1.2.0 (Go module) returns an error for each, and Merge() the number of those that it dropped.
# - HdrHistogram 2.2.2 (Maven Central) raises; hdr-histogram-js 3.0.1 (npm) widens its range by itself: p99 is 90 s.
# - hdr-histogram-js with counts of 8 or 16 bits (bitBucketSize, which saves memory) lets them wrap around: after 70,000
#   requests of 20 ms the median is 0, and so is p99. Java's with 16 bits raises there.
# So a run passes because it was bad. What to do: a range beyond the time limit of a request, or one that widens
# (autoResize; Histogram(3) of Java); a maximum that is kept apart; counts of 32 bits or more.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund hdr-histogram-js@3.0.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check hdrhistogram==0.10.8
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.hdrhistogram</groupId><artifactId>HdrHistogram</artifactId><version>2.2.2</version>
    </dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >slow.py <<'END'
from hdrh.histogram import HdrHistogram

def show(name, histogram):
    print(f"Python, {name}: {histogram.get_total_count()} requests, "
          f"p99 {histogram.get_value_at_percentile(99)}, maximum {histogram.get_max_value()}")

def fast():
    histogram = HdrHistogram(1, 60_000, 3)
    for _ in range(95):
        histogram.record_value(20)
    return histogram

first = fast()
print("Python, record_value returns", {first.record_value(90_000) for _ in range(5)})
show("recorded", first)
first, second = fast(), HdrHistogram(1, 3_600_000, 3)
second.record_value(90_000, 5)
try:
    first.add(second)
    show("merged", first)
except IndexError:
    print("Python, merged: raises")
END
cat >slow.mjs <<'END'
import { createHistogram } from 'node:perf_hooks';
import { build } from 'hdr-histogram-js';

const repeat = (count, act) => Array.from({ length: count }).forEach(act);
const makers = {
  'Node.js itself': {
    make: (highest) => createHistogram({ lowest: 1, highest, figures: 3 }),
    record: (histogram, value) => histogram.record(value),
    show: ({ count, exceeds, max }, p99) => `${count} requests, ${exceeds} exceed, p99 ${p99}, maximum ${max}`,
    at: (histogram, percent) => histogram.percentile(percent),
  },
  'hdr-histogram-js': {
    make: (highestTrackableValue) => build({ highestTrackableValue }),
    record: (histogram, value) => histogram.recordValue(value),
    show: ({ totalCount, maxValue }, p99) => `${totalCount} requests, p99 ${p99}, maximum ${maxValue}`,
    at: (histogram, percent) => histogram.getValueAtPercentile(percent),
  },
};
for (const [name, { make, record, show, at }] of Object.entries(makers)) {
  const fast = () => {
    const histogram = make(60_000);
    repeat(95, () => record(histogram, 20));
    return histogram;
  };
  const recorded = fast();
  repeat(5, () => record(recorded, 90_000));
  console.log(`${name}, recorded: ${show(recorded, at(recorded, 99))}`);
  const [merged, second] = [fast(), make(3_600_000)];
  repeat(5, () => record(second, 90_000));
  merged.add(second);
  console.log(`${name}, merged: ${show(merged, at(merged, 99))}`);
}
for (const bitBucketSize of [8, 16, 32, 64]) {
  const histogram = build({ bitBucketSize });
  repeat(70_000, () => histogram.recordValue(20));
  const [median, p99] = [50, 99].map((percent) => histogram.getValueAtPercentile(percent));
  const requests = histogram.totalCount;
  console.log(`hdr-histogram-js, ${bitBucketSize} bits: ${requests} requests, median ${median}, p99 ${p99}`);
}
END
cat >Slow.java <<'END'
import org.HdrHistogram.Histogram;
import org.HdrHistogram.ShortCountsHistogram;

public class Slow {
  static void attempt(String name, Runnable act) {
    try {
      act.run();
      System.out.println("Java, " + name + ": no error");
    } catch (RuntimeException error) {
      System.out.println("Java, " + name + ": raises " + error.getClass().getSimpleName());
    }
  }

  public static void main(String[] arguments) {
    var second = new Histogram(1, 3_600_000, 3);
    second.recordValueWithCount(90_000, 5);
    attempt("recorded", () -> new Histogram(1, 60_000, 3).recordValue(90_000));
    attempt("merged", () -> new Histogram(1, 60_000, 3).add(second));
    attempt("16 bits", () -> {
      var histogram = new ShortCountsHistogram(3_600_000, 3);
      for (int request = 0; request < 70_000; ++request) histogram.recordValue(20);
    });
  }
}
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

	"github.com/HdrHistogram/hdrhistogram-go"
)

func main() {
	first, second := hdrhistogram.New(1, 60_000, 3), hdrhistogram.New(1, 3_600_000, 3)
	if err := first.RecordValues(20, 95); err != nil {
		panic(err)
	}
	if err := second.RecordValues(90_000, 5); err != nil {
		panic(err)
	}
	fmt.Println("Go, recorded: an error", first.RecordValue(90_000) != nil)
	dropped := first.Merge(second)
	fmt.Println("Go, merged: dropped", dropped, "of", dropped+first.TotalCount(), "p99", first.ValueAtPercentile(99))
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/HdrHistogram/hdrhistogram-go@v1.2.0 2>go.log
  go build -o client . 2>>go.log
)
{
  python/bin/python slow.py
  node slow.mjs
  java -cp 'jars/*' Slow.java
  go-client/client
} | tee seen
diff seen - <<'END'
Python, record_value returns {False}
Python, recorded: 95 requests, p99 20, maximum 20
Python, merged: raises
Node.js itself, recorded: 95 requests, 5 exceed, p99 20, maximum 20
Node.js itself, merged: 100 requests, 0 exceed, p99 20, maximum 20
hdr-histogram-js, recorded: 100 requests, p99 90047, maximum 90000
hdr-histogram-js, merged: 100 requests, p99 90047, maximum 89984
hdr-histogram-js, 8 bits: 70000 requests, median 0, p99 0
hdr-histogram-js, 16 bits: 70000 requests, median 0, p99 0
hdr-histogram-js, 32 bits: 70000 requests, median 20, p99 20
hdr-histogram-js, 64 bits: 70000 requests, median 20, p99 20
Java, recorded: raises ArrayIndexOutOfBoundsException
Java, merged: raises ArrayIndexOutOfBoundsException
Java, 16 bits: raises IllegalStateException
Go, recorded: an error true
Go, merged: dropped 5 of 100 p99 20
END
echo "as described"
