#!/usr/bin/env bash
# Five libraries that tell when a line of cron is due, seen on 2026-11-30 with Python 3.11 and Node.js 20: croniter
# 7.0.0, cronsim 2.8 and APScheduler 3.11.3 (PyPI), cron-parser 5.10.6 and croner 11.0.1 (npm).
# - "30 1 * * *", once a day, in the night in which America/New_York sets its clocks back (2026-11-01): croniter and
#   APScheduler run it twice, an hour apart; the others once, as Debian's cron does by its manual, cron(8).
# - "30 2 * * *" in the night in which they go forward (2026-03-08): at 3:00 by croniter, cronsim and croner, at 3:30 by
#   cron-parser and APScheduler.
# - "0 9 */2 * 1" is due on Mondays that are odd days by Debian's crontab(5), since only two fields without any * are
#   alternatives; so it is by cronsim. croniter, cron-parser and croner run it on all Mondays and all odd days: 18 times
#   in November 2026 instead of twice. By APScheduler 1 is a Tuesday.
# What to do: schedules in UTC; a key of the day for what is started, so that the second run finds the first; no step
# together with a weekday.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund cron-parser@5.10.6 croner@11.0.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check croniter==7.0.0 cronsim==2.8 \
  apscheduler==3.11.3 tzdata==2026.6
# due.py and due.js print every moment at which LINE is due from FROM until TO, in seconds since 1970.
cat >due.py <<'END'
import sys
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim

library, line, start, end = sys.argv[1:]
zone = ZoneInfo("America/New_York")
moment = datetime.fromtimestamp(int(start), zone)

def from_croniter():
    moments = croniter(line, moment)
    while True:
        yield moments.get_next(datetime)

def from_apscheduler():
    trigger, last, now = CronTrigger.from_crontab(line, timezone=zone), None, moment
    while True:
        last = trigger.get_next_fire_time(last, now)
        yield last
        now = datetime.fromtimestamp(last.timestamp() + 0.01, zone)

libraries = {"croniter": from_croniter, "cronsim": lambda: CronSim(line, moment), "APScheduler": from_apscheduler}
for due in libraries[library]():
    if due.timestamp() >= int(end):
        break
    print(int(due.timestamp()))
END
cat >due.js <<'END'
const { CronExpressionParser } = require('cron-parser');
const { Cron } = require('croner');
const [library, line, start, end] = process.argv.slice(2);
const tz = 'America/New_York';
let now = new Date(start * 1000);
const parsed = library === 'cron-parser' && CronExpressionParser.parse(line, { tz, currentDate: now });
for (;;) {
  now = parsed ? parsed.next().toDate() : new Cron(line, { timezone: tz }).nextRun(now);
  if (now >= end * 1000) break;
  console.log(now / 1000);
}
END
# due LINE FROM TO FORMAT: when each library runs it; FORMAT is that of date, or "count"
due() {
  local from to moments
  from=$(TZ=America/New_York date -d "$2" +%s)
  to=$(TZ=America/New_York date -d "$3" +%s)
  for library in croniter cronsim APScheduler cron-parser croner; do
    case $library in
      cron-parser | croner) node due.js $library "$1" "$from" "$to" >moments ;;
      *) python/bin/python due.py $library "$1" "$from" "$to" >moments ;;
    esac
    if [[ $4 == count ]]; then
      moments="$(wc -l <moments), first $(TZ=America/New_York date -d "@$(head -1 moments)" '+%a %d')"
    else
      moments=$(while read -r moment; do TZ=America/New_York date -d "@$moment" "+$4"; done <moments | paste -sd,)
    fi
    echo "$1 $library: $moments"
  done
}
export LC_ALL=C
{
  due '30 1 * * *' '2026-11-01 00:00' '2026-11-02 00:00' '%H:%M %Z'
  due '30 2 * * *' '2026-03-08 00:00' '2026-03-09 00:00' '%H:%M %Z'
  due '0 9 */2 * 1' '2026-11-01 00:00' '2026-12-01 00:00' count
} | tee seen
diff seen - <<'END'
30 1 * * * croniter: 01:30 EDT,01:30 EST
30 1 * * * cronsim: 01:30 EDT
30 1 * * * APScheduler: 01:30 EDT,01:30 EST
30 1 * * * cron-parser: 01:30 EDT
30 1 * * * croner: 01:30 EDT
30 2 * * * croniter: 03:00 EDT
30 2 * * * cronsim: 03:00 EDT
30 2 * * * APScheduler: 03:30 EDT
30 2 * * * cron-parser: 03:30 EDT
30 2 * * * croner: 03:00 EDT
0 9 */2 * 1 croniter: 18, first Sun 01
0 9 */2 * 1 cronsim: 2, first Mon 09
0 9 */2 * 1 APScheduler: 2, first Tue 03
0 9 */2 * 1 cron-parser: 18, first Sun 01
0 9 */2 * 1 croner: 18, first Sun 01
END
echo "as described"
