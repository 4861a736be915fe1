#!/usr/bin/env bash
# A gateway answers 503 with "Retry-After: 0", or 504, after the order behind it was placed: ten retrying HTTP clients
# post one order, seen on 2026-11-30 with Node.js 20, Python 3.11, Java 17 and Go. POST is not idempotent, and is not to
# be repeated without knowing that the first one did nothing (RFC 9110, 9.2.2); neither status says that.
# - superagent 10.4.2 with retry(3) (npm), aiohttp-retry 2.9.1 (PyPI) and go-retryablehttp v0.7.8 (Go module) repeat it
#   after both: two orders, and the caller sees 201.
# - Apache's httpclient5 5.5 and OkHttp 5.1.0 (Maven Central), which nobody has asked to retry, repeat it after the 503:
#   two orders. OkHttp does so only for "Retry-After: 0".
# - resty v2.17.2 with SetRetryCount(3) (Go module), axios-retry 4.5.0, got 14.6.6 and undici 7.30.2's RetryAgent (npm),
#   and requests 2.34.2 with urllib3 2.8.0's Retry (PyPI) send it once.
# What to do: an Idempotency-Key that the server honours; disableAutomaticRetries() of httpclient5; a CheckRetry of
# go-retryablehttp and a callback of superagent's retry() that look at the method.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund superagent@10.4.2 axios@1.21.1 axios-retry@4.5.0 got@14.6.6 undici@7.30.2 \
  >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check aiohttp==3.14.5 aiohttp-retry==2.9.1 requests==2.34.2 \
  urllib3==2.8.0
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.apache.httpcomponents.client5:httpclient5:5.5 com.squareup.okhttp3:okhttp-jvm:5.1.0 \
    org.slf4j:slf4j-nop:1.7.36; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
# Each program posts one order and prints the status that its caller sees.
cat >go-client/main.go <<'END'
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/go-resty/resty/v2"
	"github.com/hashicorp/go-retryablehttp"
)

func main() {
	if os.Args[1] == "resty" {
		response, err := resty.New().SetRetryCount(3).R().SetBody("{}").Post(os.Args[2])
		if err != nil {
			panic(err)
		}
		fmt.Println(response.StatusCode())
		return
	}
	client := retryablehttp.NewClient()
	client.Logger = nil
	response, err := client.Post(os.Args[2], "application/json", strings.NewReader("{}"))
	if err != nil {
		panic(err)
	}
	fmt.Println(response.StatusCode)
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/hashicorp/go-retryablehttp@v0.7.8 github.com/go-resty/resty/v2@v2.17.2 2>go.log
  go build -o client . 2>>go.log
)
cat >post.js <<'END'
const [library, url] = process.argv.slice(2);
const ways = {
  superagent: async () => (await require('superagent').post(url).send({}).retry(3).ok(() => true)).status,
  'axios-retry': async () => {
    const client = require('axios').create({ validateStatus: (status) => status < 500 });
    require('axios-retry').default(client);
    return (await client.post(url, {}).catch((error) => error.response)).status;
  },
  got: async () => (await (await import('got')).got.post(url, { json: {}, throwHttpErrors: false })).statusCode,
  undici: async () => {
    const { Agent, RetryAgent, request } = require('undici');
    const options = { method: 'POST', body: '{}', dispatcher: new RetryAgent(new Agent()) };
    return (await request(url, options).catch((error) => error)).statusCode;
  },
};
ways[library]().then((status) => {
  console.log(status);
  process.exit(0);
});
END
cat >post.py <<'END'
import asyncio, sys
import aiohttp, aiohttp_retry, requests, urllib3
from requests.adapters import HTTPAdapter

library, url = sys.argv[1:]

async def with_aiohttp_retry():
    async with aiohttp_retry.RetryClient() as client, client.post(url, json={}) as response:
        return response.status

if library == "aiohttp-retry":
    print(asyncio.run(with_aiohttp_retry()))
else:
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=urllib3.Retry(3, status_forcelist=[503, 504])))
    print(session.post(url, json={}).status_code)
END
cat >Post.java <<'END'
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.StringEntity;

public class Post {
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("okhttp")) {
      var request = new Request.Builder().url(arguments[1]).post(RequestBody.create("{}", null)).build();
      System.out.println(new OkHttpClient().newCall(request).execute().code());
    } else {
      var post = new HttpPost(arguments[1]);
      post.setEntity(new StringEntity("{}"));
      System.out.println(HttpClients.createDefault().<Integer>execute(post, response -> response.getCode()));
    }
    System.exit(0);
  }
}
END
javac -cp 'jars/*' Post.java
# POST /STATUS places an order. The first of each status is answered with that status, as a proxy does that has waited
# long enough, and each further one with 201. GET tells how many there are, and forgets them.
cat >server.py <<'END'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

placed = 0

class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 503:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        global placed
        if "Content-Length" in self.headers:
            self.rfile.read(int(self.headers["Content-Length"]))
        else:
            while int(self.rfile.readline(), 16) or self.rfile.readline() != b"\r\n":
                self.rfile.readline()
        placed += 1
        self.answer(int(self.path[1:]) if placed == 1 else 201)

    def do_GET(self):
        global placed
        count, placed = placed, 0
        self.answer(200, str(count).encode())

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
with open("port", "w") as file:
    print(server.server_port, file=file)
server.serve_forever()
END
python3 server.py &
server=$!
until [[ -s port ]]; do sleep 0.05; done
url=http://127.0.0.1:$(<port)
post() {
  local name=$1 status seen=
  shift
  for status in 503 504; do
    seen+="; $status: caller sees $("$@" "$url/$status"), orders $(curl -s "$url")"
  done
  echo "$name${seen/;/:}"
}
{
  post superagent node post.js superagent
  post aiohttp-retry python/bin/python post.py aiohttp-retry
  post go-retryablehttp go-client/client retryablehttp
  post httpclient5 java -cp 'jars/*:.' Post httpclient5
  post OkHttp java -cp 'jars/*:.' Post okhttp
  post resty go-client/client resty
  post axios-retry node post.js axios-retry
  post got node post.js got
  post undici node post.js undici
  post urllib3 python/bin/python post.py urllib3
} | tee seen
diff seen - <<'END'
superagent: 503: caller sees 201, orders 2; 504: caller sees 201, orders 2
aiohttp-retry: 503: caller sees 201, orders 2; 504: caller sees 201, orders 2
go-retryablehttp: 503: caller sees 201, orders 2; 504: caller sees 201, orders 2
httpclient5: 503: caller sees 201, orders 2; 504: caller sees 504, orders 1
OkHttp: 503: caller sees 201, orders 2; 504: caller sees 504, orders 1
resty: 503: caller sees 503, orders 1; 504: caller sees 504, orders 1
axios-retry: 503: caller sees 503, orders 1; 504: caller sees 504, orders 1
got: 503: caller sees 503, orders 1; 504: caller sees 504, orders 1
undici: 503: caller sees 503, orders 1; 504: caller sees 504, orders 1
urllib3: 503: caller sees 503, orders 1; 504: caller sees 504, orders 1
END
echo "as described"
