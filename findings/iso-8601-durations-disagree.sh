#!/usr/bin/env bash
# Durations of ISO 8601, as time limits of BPMN, Serverless Workflow and schedulers are written, by seven readers, seen
# on 2026-11-30 with Python 3.11, Node.js 20 and Java 17. All of them are valid, a sign and weeks beside days by part 2.
# - pandas 3.1.1 (PyPI) reads P1M, a month, as one minute, and fractions of anything but seconds tenfold: PT0.5H is five
#   hours, P0.5D five days. P1.5D is five days and a second.
# - iso8601-duration 2.1.4 (npm) drops the sign: -PT5M is five minutes ahead. A month has the days of the current one,
#   and P0.5D is refused.
# - isodate 0.7.2 (PyPI) gives another type for P1M than for P30D. Its total_seconds() is 0: a limit that is over.
# - pendulum 3.3.0 (PyPI) refuses -PT5M and P1W2D; java.time.Duration weeks, months, and fractions of all but seconds.
# - A year and two months are 425 days for pendulum and luxon 3.7.2 and 426 for moment 2.31.0 (npm).
# What to do: write days, hours, minutes and seconds without fractions, PT36H or P1DT12H: all seven agree on them.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund luxon@3.7.2 moment@2.31.0 iso8601-duration@2.1.4 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check isodate==0.7.2 pendulum==3.3.0 pandas==3.1.1
durations=(PT36H PT1M30S P1DT12H P1W P1W2D P0.5D P1.5D PT0.5H -PT5M P1M P1Y2M)
cat >read.py <<'END'
import sys
import isodate, pandas, pendulum

for name, read in ("isodate", isodate.parse_duration), ("pendulum", pendulum.parse), ("pandas", pandas.Timedelta):
    for text in sys.argv[1:]:
        try:
            print(text, name, f"{read(text).total_seconds():.0f}")
        except ValueError:
            print(text, name, "refused")
END
cat >read.js <<'END'
const iso = require('iso8601-duration');
const { Duration } = require('luxon');
const moment = require('moment');
const february = new Date('2026-02-01T00:00:00Z');
const readers = {
  luxon: (text) => Duration.fromISO(text).as('seconds'),
  moment: (text) => moment.duration(text).asSeconds(),
  'iso8601-duration': (text) => iso.toSeconds(iso.parse(text), february),
};
for (const [name, read] of Object.entries(readers)) {
  for (const text of process.argv.slice(2)) {
    let seconds = 'refused';
    try { seconds = read(text); } catch { /* refused */ }
    console.log(text, name, Number.isNaN(seconds) ? 'refused' : seconds);
  }
}
END
cat >Read.java <<'END'
import java.time.Duration;
import java.time.format.DateTimeParseException;

public class Read {
  public static void main(String[] arguments) {
    for (String text : arguments) {
      String seconds = "refused";
      try {
        seconds = Long.toString(Duration.parse(text).toSeconds());
      } catch (DateTimeParseException refused) {
        // said below
      }
      System.out.println(text + " java.time " + seconds);
    }
  }
}
END
{
  python/bin/python read.py "${durations[@]}"
  node read.js "${durations[@]}"
  java Read.java "${durations[@]}"
} >all
# One line for each duration: the readers by what they say.
cat >table.py <<'END'
import sys

seen = {}
for line in open("all"):
    text, name, seconds = line.split()
    seen.setdefault(text, {}).setdefault(seconds, []).append(name)
for text in sys.argv[1:]:
    groups = seen[text].items()
    parts = [f"{seconds} {'all' if len(groups) == 1 else ', '.join(names)}" for seconds, names in groups]
    print(f"{text}: {'; '.join(parts)}")
END
python3 table.py "${durations[@]}" | tee seen
diff seen - <<'END'
PT36H: 129600 all
PT1M30S: 90 all
P1DT12H: 129600 all
P1W: 604800 isodate, pendulum, pandas, luxon, moment, iso8601-duration; refused java.time
P1W2D: 777600 isodate, pandas, luxon, moment, iso8601-duration; refused pendulum, java.time
P0.5D: 43200 isodate, pendulum, luxon, moment; 432000 pandas; refused iso8601-duration, java.time
P1.5D: 129600 isodate, pendulum, luxon, moment; 432001 pandas; refused iso8601-duration, java.time
PT0.5H: 1800 isodate, pendulum, luxon, moment, iso8601-duration; 18000 pandas; refused java.time
-PT5M: -300 isodate, pandas, luxon, moment, java.time; refused pendulum; 300 iso8601-duration
P1M: 0 isodate; 2592000 pendulum, luxon, moment; 60 pandas; 2419200 iso8601-duration; refused java.time
P1Y2M: 0 isodate; 36720000 pendulum, luxon; refused pandas, java.time; 36806400 moment; 36633600 iso8601-duration
END
echo "as described"
