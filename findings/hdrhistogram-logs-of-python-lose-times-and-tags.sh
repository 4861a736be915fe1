#!/usr/bin/env bash
# Logs of HdrHistogram (histograms of a load test, one a line) by its libraries of Python, JavaScript and Java, seen on
# 2026-11-29: hdrhistogram 0.10.8 (PyPI, Python 3.11), hdr-histogram-js 3.0.1 (npm, Node.js 20), HdrHistogram 2.2.2
# (Maven Central, Java 17). One interval of a second, with a longest value of 900 ms in nanoseconds, tagged "orders".
# - Python's output_start_time(), with milliseconds as its documents say, always raises: ValueError for times of today,
#   and AttributeError for small ones. So a log of it has no start.
# - Python's output_base_time() writes a base, and the intervals after it are still from 1970: its readers add the two,
#   and see the interval in 2081. Setting the attribute base_time helps, which no document names.
# - Python does not write the tag that set_tag() took: both kinds of requests become one.
# - The column Interval_Max is 900.202 by Java's, in milliseconds of nanoseconds, 900.000000 by Python's, which drops
#   the fraction (0.9 ms is 0), and 900000.000 by JavaScript's, which divides by a thousand and not by a million.
# The histograms themselves arrive alike.
# What to do: write logs with Java's or JavaScript's, and take the maximum from the histogram, not from its column.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check hdrhistogram==0.10.8
npm install --silent --no-audit --no-fund hdr-histogram-js@3.0.1 >npm.log
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>
<dependency><groupId>org.hdrhistogram</groupId><artifactId>HdrHistogram</artifactId><version>2.2.2</version></dependency>
</dependencies></project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >write.py <<'END'
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogWriter

with open("python.hlog", "w") as file:
    writer = HistogramLogWriter(file)
    for start in (1764432000000, 0):
        try:
            writer.output_start_time(start)
        except (ValueError, AttributeError) as error:
            print(f"python, output_start_time({start}): {type(error).__name__}")
    writer.output_base_time(1764432000000)
    histogram = HdrHistogram(1, 3_600_000_000_000, 3)
    histogram.set_start_time_stamp(1764432001500)
    histogram.set_end_time_stamp(1764432002500)
    histogram.set_tag("orders")
    histogram.record_value(900_000_000)
    writer.output_interval_histogram(histogram)
END
cat >write.js <<'END'
const hdr = require('hdr-histogram-js');
const fs = require('fs');
let text = '';
const writer = new hdr.HistogramLogWriter((part) => { text += part; });
const histogram = hdr.build({ bitBucketSize: 32, highestTrackableValue: 3_600_000_000_000 });
histogram.startTimeStampMsec = 1764432001500;
histogram.endTimeStampMsec = 1764432002500;
histogram.tag = 'orders';
histogram.recordValue(900_000_000);
writer.outputIntervalHistogram(histogram);
fs.writeFileSync('javascript.hlog', text);
END
cat >Logs.java <<'END'
import java.io.File;
import java.time.Instant;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.HistogramLogWriter;

public class Logs {
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("write")) write();
    else read(arguments[0]);
  }

  static void write() throws Exception {
    HistogramLogWriter writer = new HistogramLogWriter("java.hlog");
    writer.outputBaseTime(1764432000000L);
    writer.setBaseTime(1764432000000L);
    Histogram histogram = new Histogram(3_600_000_000_000L, 3);
    histogram.setStartTimeStamp(1764432001500L);
    histogram.setEndTimeStamp(1764432002500L);
    histogram.setTag("orders");
    histogram.recordValue(900_000_000);
    writer.outputIntervalHistogram(histogram);
    writer.close();
  }

  static void read(String file) throws Exception {
    Histogram histogram = (Histogram) new HistogramLogReader(new File(file)).nextIntervalHistogram();
    System.out.println(file + ": " + Instant.ofEpochMilli(histogram.getStartTimeStamp()) + ", tag " + histogram.getTag()
        + ", p100 " + histogram.getValueAtPercentile(100));
  }
}
END
javac -cp 'jars/*' Logs.java
{
  python/bin/python write.py
  node write.js
  java -cp 'jars/*:.' Logs write
  for file in python.hlog javascript.hlog java.hlog; do
    java -cp 'jars/*:.' Logs "$file"
    grep HISTFAAAA "$file" | sed -E 's/^Tag=[^,]*,//' | cut -d, -f3 | sed 's/^/  Interval_Max /'
  done
} | tee seen
diff seen - <<'END'
python, output_start_time(1764432000000): ValueError
python, output_start_time(0): AttributeError
python.hlog: 2081-10-28T08:00:01.500Z, tag null, p100 900202495
  Interval_Max 900.000000
javascript.hlog: 2025-11-29T16:00:01.500Z, tag orders, p100 900202495
  Interval_Max 900000.000
java.hlog: 2025-11-29T16:00:01.500Z, tag orders, p100 900202495
  Interval_Max 900.202
END
echo "as described"
