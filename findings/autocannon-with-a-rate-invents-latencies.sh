#!/usr/bin/env bash
# autocannon 9.0.0 (npm), a load generator, seen on 2026-11-30 with Node.js 20: with a rate, by -R (overallRate) or
# connectionRate, it corrects latencies for coordinated omission, as its page says, and takes each request to be due one
# millisecond after the other, whatever the rate is: it divides one second, not a thousand milliseconds, by it.
# - Two requests a second are sent to a server that takes 200 ms for each, so that nothing waits and there is nothing to
#   correct. Each answer is counted about 200 times, as 200 ms, 199 ms, 198 ms and so on. Median and mean are half of
#   what every single request took, and the longest is right: a threshold for the median passes at twice its value.
# - When a server stands still once, that one answer outweighs all others, and every percentile is too high.
# What to do: --ignoreCoordinatedOmission, and look at the maximum for stalls; or leave the rate out.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund autocannon@9.0.0 >npm.log
cat >load.js <<'END'
const http = require('http');
const autocannon = require('autocannon');

async function run(name, slow, options) {
  let asked = 0;
  const server = http.createServer((request, response) => {
    asked += 1;
    setTimeout(() => response.end('{}'), slow(asked));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { latency, requests } = await autocannon({
    url: `http://127.0.0.1:${server.address().port}`, connections: 1, duration: 5, ...options,
  });
  server.close();
  server.closeAllConnections();
  const each = latency.totalCount / requests.total;
  const counted = each === 1 ? 'once' : each > 100 ? 'over 100 times' : 'several times';
  const range = (ms) => (ms < 150 ? 'under 150' : ms < 200 ? 'under 200' : ms < 1000 ? '200 or more' : 'over 1000');
  const { p50, mean, max } = latency;
  console.log(`${name}: each answer counted ${counted}, median ${range(p50)}, mean ${range(mean)}, longest ${range(max)}`);
}

(async () => {
  const always = () => 200;
  await run('200 ms, 2/s', always, { overallRate: 2 });
  await run('200 ms, 2/s, not corrected', always, { overallRate: 2, ignoreCoordinatedOmission: true });
  await run('200 ms, no rate', always, {});
  const once = (asked) => (asked === 3 ? 3000 : 10);
  await run('10 ms, once 3 s, 2/s', once, { overallRate: 2 });
  await run('10 ms, once 3 s, 2/s, not corrected', once, { overallRate: 2, ignoreCoordinatedOmission: true });
})();
END
node load.js | tee seen
diff seen - <<'END'
200 ms, 2/s: each answer counted over 100 times, median under 150, mean under 150, longest 200 or more
200 ms, 2/s, not corrected: each answer counted once, median 200 or more, mean 200 or more, longest 200 or more
200 ms, no rate: each answer counted once, median 200 or more, mean 200 or more, longest 200 or more
10 ms, once 3 s, 2/s: each answer counted over 100 times, median over 1000, mean over 1000, longest over 1000
10 ms, once 3 s, 2/s, not corrected: each answer counted once, median under 150, mean 200 or more, longest over 1000
END
echo "as described"
