#!/usr/bin/env bash
# A payment within a lock takes longer than its lease, and another process has the lock when it ends: what the caller of
# the block gets, by five libraries, seen on 2026-12-01 with Python 3.11, Node.js 20 and redis-server 7.0.15 (Debian 12),
# when the card was charged ("paid"), and when it was declined.
# - "with" of redis 8.1.0's Lock, python-redis-lock 4.0.1 and pottery 3.0.1's Redlock (PyPI), and using() of redlock
#   5.0.0-beta.2 (npm) leave the other one's lock alone, and raise since they cannot release theirs, in place of what the
#   block returned or raised. So a charge that was made and one that was declined look alike, as a lock that failed: who
#   tries again, as one does when a lock was not to be had, charges twice. The declined one is only in __context__ with
#   Python, and nowhere with redlock.
# - redis-semaphore 5.8.0's Mutex (npm), without its refresh, says nothing: paid and declined, as if the lock had held.
# - extend(10) of redis-py's Lock with a lease of 10 s leaves 20 s, since it adds; redlock's extend(10000) leaves ten.
# What to do: a result that is kept outside of the block, and errors of the release that are caught by themselves; a
# fencing token, or an idempotency key, with what must happen once; extend(10, replace_ttl=True).
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download redis-tools >/dev/null 2>apt.log
dpkg -x redis-tools_*.deb debian
cp debian/usr/bin/redis-check-rdb server # the server is the same program under another name
npm install --silent --no-audit --no-fund ioredis@5.11.1 redlock@5.0.0-beta.2 redis-semaphore@5.8.0 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check redis==8.1.0 python-redis-lock==4.0.1 pottery==3.0.1
# In each block the lease passes, and another client takes the lock before the block ends.
cat >pay.py <<'END'
import time
import pottery, redis, redis_lock

server = redis.Redis(unix_socket_path="redis.sock")
locks = {
    "redis-py": lambda key, lease: server.lock(key, timeout=lease),
    "python-redis-lock": lambda key, lease: redis_lock.Lock(server, key, expire=lease),
    "pottery": lambda key, lease: pottery.Redlock(key=key, masters={server}, auto_release_time=lease),
}

def pay(name, declined):
    key = f"{name}-{declined}"
    with locks[name](key, 1):
        other = locks[name](key, 60)
        while not other.acquire(blocking=False):  # the other one tries until the lease has passed
            time.sleep(0.1)
        if declined:
            raise ValueError("declined")
        return "paid"

def show(name, declined):
    try:
        got = pay(name, declined)
    except Exception as error:
        got = f"{type(error).__name__}, context {error.__context__ and type(error.__context__).__name__}"
    held = sum(server.pttl(key) > 10000 for key in server.scan_iter(f"*{name}-{declined}*"))
    print(f"{name}, {'declined' if declined else 'paid'}: {got}; other locks held {held}")

for name in locks:
    show(name, False)
    show(name, True)
lock = server.lock("extended", timeout=10)
lock.acquire()
lock.extend(10)
print("redis-py, extend(10):", round(server.pttl("extended") / 1000), "s")
END
cat >pay.js <<'END'
const Redis = require('ioredis');
const { default: Redlock } = require('redlock');
const { Mutex } = require('redis-semaphore');

const server = new Redis(`${process.cwd()}/redis.sock`);
const locks = new Redlock([server], { retryCount: 0 });
const pause = (time) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time);
const take = async (key) => {
  while (!(await server.set(key, 'other', 'PX', 60000, 'NX'))) pause(100); // so that nothing else runs, as in a pause
};
const end = (declined) => {
  if (declined) throw new Error('declined');
  return 'paid';
};
const ways = {
  redlock: (key, declined) => locks.using([key], 1000, async () => {
    pause(1500);
    await take(key);
    return end(declined);
  }),
  async 'redis-semaphore'(key, declined) {
    const mutex = new Mutex(server, key, { lockTimeout: 1000, refreshInterval: 0 });
    await mutex.acquire();
    try {
      await take(`mutex:${key}`);
      return end(declined);
    } finally {
      await mutex.release();
    }
  },
};
(async () => {
  for (const [name, way] of Object.entries(ways)) {
    for (const declined of [false, true]) {
      const key = `${name}-${declined}`;
      const got = await way(key, declined).catch((error) => (
        error.message === 'declined' ? 'Error declined' : `${error.name}${error.cause ? ' with a cause' : ''}`));
      const held = (await server.get(name === 'redlock' ? key : `mutex:${key}`)) === 'other' ? 1 : 0;
      console.log(`${name}, ${declined ? 'declined' : 'paid'}: ${got}; other locks held ${held}`);
    }
  }
  const lock = await locks.acquire(['extended-redlock'], 10000);
  await lock.extend(10000);
  console.log('redlock, extend(10000):', Math.round((await server.pttl('extended-redlock')) / 1000), 's');
  process.exit(0);
})();
END
./server --port 0 --unixsocket "$folder/redis.sock" --save '' --dir "$folder" >server.log 2>&1 &
server=$!
until [[ -S redis.sock ]]; do sleep 0.05; done
{
  python/bin/python pay.py
  node pay.js
} 2>log | tee seen
diff seen - <<'END'
redis-py, paid: LockNotOwnedError, context None; other locks held 1
redis-py, declined: LockNotOwnedError, context ValueError; other locks held 1
python-redis-lock, paid: NotAcquired, context None; other locks held 1
python-redis-lock, declined: NotAcquired, context ValueError; other locks held 1
pottery, paid: ReleaseUnlockedLock, context None; other locks held 1
pottery, declined: ReleaseUnlockedLock, context ValueError; other locks held 1
redis-py, extend(10): 20 s
redlock, paid: ExecutionError; other locks held 1
redlock, declined: ExecutionError; other locks held 1
redis-semaphore, paid: paid; other locks held 1
redis-semaphore, declined: Error declined; other locks held 1
redlock, extend(10000): 10 s
END
echo "as described"
