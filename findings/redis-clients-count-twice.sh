#!/usr/bin/env bash
# Eight clients of Redis, as they are without options, when a connection breaks after a command was carried out and
# before its answer came, seen on 2026-11-30 with redis-server 7.0.15 (Debian 12), Node.js 20, Python 3.11, Java 17, Go.
# - redis 8.1.0 (PyPI), ioredis 6.0.0 (npm), go-redis v9.23.0 (Go module) and lettuce-core 6.8.1.RELEASE (Maven Central,
#   Spring's default) send it again by themselves: INCR counts 2 for one call, and the caller gets no error.
# - So the lock that SET key me NX PX 10000 takes is refused to the one that has it: taken, by itself. The work is not
#   done, and nobody else gets the lock before it expires.
# - redis 6.3.1 (npm), jedis 6.2.0 (Maven Central), redigo v1.9.3 and rueidis v1.0.79 (Go modules) raise the error.
# What to do: where a command may not take effect twice, turn repeats off: retry=Retry(NoBackoff(), 0) of redis-py,
# maxRetriesPerRequest: 0 of ioredis (with autoResendUnfulfilledCommands: false its call never settles), MaxRetries: -1
# of go-redis, autoReconnect(false) of Lettuce, which then has to be connected anew; or count by a set of ids. When a
# lock is taken, look whether its value is one's own.
# Output seen: as below. Fails when that changes. Takes minutes.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download redis-tools >/dev/null
dpkg -x redis-tools_*.deb debian
cp debian/usr/bin/redis-check-rdb server # the server is the same program under another name
npm install --silent --no-audit --no-fund ioredis@6.0.0 redis@6.3.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check redis==8.1.0
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in redis.clients:jedis:6.2.0 io.lettuce:lettuce-core:6.8.1.RELEASE org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >call.py <<'END'
import sys
from redis import Redis

client = Redis(port=int(sys.argv[1]))
for call in (lambda: client.incr("n"), lambda: client.set("lock", "me", nx=True, px=10000)):
    try:
        print(call())
    except Exception as error:
        print("raises", type(error).__name__)
END
cat >call.js <<'END'
const [library, port] = process.argv.slice(2);
(async () => {
  let calls;
  if (library === 'ioredis') {
    const Redis = require('ioredis');
    const client = new Redis(Number(port));
    client.on('error', () => {});
    calls = [() => client.incr('n'), () => client.set('lock', 'me', 'PX', 10000, 'NX')];
  } else {
    const client = require('redis').createClient({ url: `redis://127.0.0.1:${port}` });
    client.on('error', () => {});
    await client.connect();
    calls = [() => client.incr('n'), () => client.set('lock', 'me', { PX: 10000, NX: true })];
  }
  for (const call of calls) console.log(await call().catch((error) => `raises ${error.constructor.name}`));
  process.exit(0);
})();
END
cat >Call.java <<'END'
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import java.util.concurrent.Callable;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.params.SetParams;

public class Call {
  static void call(Callable<Object> command) {
    try {
      System.out.println(command.call());
    } catch (Exception error) {
      System.out.println("raises " + error.getClass().getSimpleName());
    }
  }

  public static void main(String[] arguments) {
    int port = Integer.parseInt(arguments[1]);
    if (arguments[0].equals("jedis")) {
      JedisPooled client = new JedisPooled("127.0.0.1", port);
      call(() -> client.incr("n"));
      call(() -> client.set("lock", "me", SetParams.setParams().nx().px(10000)));
    } else {
      var client = RedisClient.create("redis://127.0.0.1:" + port).connect().sync();
      call(() -> client.incr("n"));
      call(() -> client.set("lock", "me", SetArgs.Builder.nx().px(10000)));
    }
    System.exit(0);
  }
}
END
javac -cp 'jars/*' Call.java
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
cat >go-client/main.go <<'END'
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	redigo "github.com/gomodule/redigo/redis"
	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"
)

func show(value any, err error) {
	if err != nil {
		value = "raises " + err.Error()
	}
	fmt.Println(value)
}

func main() {
	all, address := context.Background(), "127.0.0.1:"+os.Args[2]
	switch os.Args[1] {
	case "go-redis":
		client := goredis.NewClient(&goredis.Options{Addr: address})
		count, err := client.Incr(all, "n").Result()
		show(count, err)
		taken, err := client.SetNX(all, "lock", "me", 10*time.Second).Result()
		show(taken, err)
	case "redigo":
		pool := &redigo.Pool{Dial: func() (redigo.Conn, error) { return redigo.Dial("tcp", address) }}
		first, second := pool.Get(), pool.Get()
		show(first.Do("INCR", "n"))
		show(second.Do("SET", "lock", "me", "NX", "PX", 10000))
	case "rueidis":
		client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{address}})
		if err != nil {
			panic(err)
		}
		show(client.Do(all, client.B().Incr().Key("n").Build()).AsInt64())
		show(client.Do(all, client.B().Set().Key("lock").Value("me").Nx().PxMilliseconds(10000).Build()).ToString())
	}
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/redis/go-redis/v9@v9.23.0 github.com/gomodule/redigo@v1.9.3 github.com/redis/rueidis@v1.0.79 \
    2>go.log
  go build -o client . 2>>go.log
)
# A proxy that hands on everything, but breaks the connection on which the first INCR, and the first SET, were answered.
cat >lose.py <<'END'
import asyncio, sys

async def main():
    name, command = sys.argv[1], sys.argv[2:]
    lost = set()

    async def serve(reader, writer):
        from_server, to_server = await asyncio.open_unix_connection("redis.sock")
        cut = False

        async def answer():
            while data := await from_server.read(65536):
                if cut:
                    break
                writer.write(data)
            writer.close()
        answering = asyncio.create_task(answer())
        while (data := await reader.read(65536)) and not answering.done():
            for word in (b"\r\nINCR", b"\r\nSET\r\n"):
                if word in data.upper() and word not in lost:
                    lost.add(word)
                    cut = True
            to_server.write(data)
        to_server.close()

    proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = str(proxy.sockets[0].getsockname()[1])
    client = await asyncio.create_subprocess_exec(*command, port, stdout=asyncio.subprocess.PIPE,
                                                  stderr=asyncio.subprocess.DEVNULL)
    count, lock = (await client.communicate())[0].decode().splitlines()
    reader, writer = await asyncio.open_unix_connection("redis.sock")
    writer.write(b"GET n\r\nGET lock\r\nFLUSHALL\r\n")
    stored = [(await reader.readline()).decode().strip() for _ in range(4)]
    print(f"{name}: INCR {count}, stored {stored[1]}; SET NX {lock}, stored {stored[3]}")

asyncio.run(main())
END
./server --port 0 --unixsocket "$folder/redis.sock" --save '' --dir "$folder" >server.log 2>&1 &
server=$!
until [[ -S redis.sock ]]; do sleep 0.05; done
{
  python3 lose.py redis-py python/bin/python call.py
  python3 lose.py ioredis node call.js ioredis
  python3 lose.py go-redis go-client/client go-redis
  python3 lose.py lettuce java -cp 'jars/*:.' Call lettuce
  python3 lose.py node-redis node call.js redis
  python3 lose.py jedis java -cp 'jars/*:.' Call jedis
  python3 lose.py redigo go-client/client redigo
  python3 lose.py rueidis go-client/client rueidis
} | tee seen
diff seen - <<'END'
redis-py: INCR 2, stored 2; SET NX None, stored me
ioredis: INCR 2, stored 2; SET NX null, stored me
go-redis: INCR 2, stored 2; SET NX false, stored me
lettuce: INCR 2, stored 2; SET NX null, stored me
node-redis: INCR raises SocketClosedUnexpectedlyError, stored 1; SET NX raises SocketClosedUnexpectedlyError, stored me
jedis: INCR raises JedisConnectionException, stored 1; SET NX raises JedisConnectionException, stored me
redigo: INCR raises EOF, stored 1; SET NX raises EOF, stored me
rueidis: INCR raises EOF, stored 1; SET NX raises EOF, stored me
END
echo "as described"
