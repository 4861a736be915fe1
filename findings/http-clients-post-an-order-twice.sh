#!/usr/bin/env bash
# A server reads an order, places it and dies before it answers. Nine HTTP clients, as they are without options, seen on
# 2026-11-30 with Java 17, Go, Python 3.11 and Node.js 20. POST is not idempotent (RFC 9110, 9.2.2), and a client is not
# to repeat it by itself; these do, and their caller sees one call with one answer, 201:
# - java.net.HttpURLConnection of Java 17, on every connection, new or kept: two orders. -Dsun.net.http.retryPost=false
#   turns it off.
# - OkHttp 5.1.0 (Maven Central), on a connection that was kept from an earlier request: two orders. It counts that as a
#   failure to connect. retryOnConnectionFailure(false) turns it off.
# - Go's net/http, on a kept connection, when the request has the header Idempotency-Key or X-Idempotency-Key, whether
#   or not the server knows it: two orders by a server that does not.
# requests 2.34.2 and aiohttp 3.14.5 (PyPI), fetch of Node.js 20, got 14.6.6 (npm), java.net.http and Apache's
# httpclient5 5.5 (Maven Central) send it once, and raise.
# What to do: an Idempotency-Key that the server honours, with every client; and no count of requests by what a client
# reports: a load generator with one of these sends more than it says.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in com.squareup.okhttp3:okhttp-jvm:5.1.0 org.apache.httpcomponents.client5:httpclient5:5.5 \
    org.slf4j:slf4j-nop:1.7.36; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
npm install --silent --no-audit --no-fund got@14.6.6 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check requests==2.34.2 aiohttp==3.14.5
cat >Order.java <<'END'
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;

public class Order {
  static final OkHttpClient okhttp = new OkHttpClient();
  static final HttpClient jdk = HttpClient.newHttpClient();
  static final org.apache.hc.client5.http.classic.HttpClient apache = HttpClients.createDefault();

  static int request(String client, String url, boolean post) throws Exception {
    switch (client) {
      case "HttpURLConnection": {
        HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        if (post) {
          connection.setRequestMethod("POST");
          connection.setDoOutput(true);
          connection.getOutputStream().write("{}".getBytes());
        }
        connection.getInputStream().readAllBytes();
        return connection.getResponseCode();
      }
      case "OkHttp": {
        Request.Builder request = new Request.Builder().url(url);
        if (post) request.post(RequestBody.create("{}", MediaType.get("application/json")));
        try (okhttp3.Response response = okhttp.newCall(request.build()).execute()) {
          response.body().string();
          return response.code();
        }
      }
      case "java.net.http": {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (post) request.POST(HttpRequest.BodyPublishers.ofString("{}"));
        return jdk.send(request.build(), BodyHandlers.ofString()).statusCode();
      }
      default: {
        HttpPost order = new HttpPost(url);
        order.setEntity(new StringEntity("{}"));
        return apache.execute(post ? order : new HttpGet(url), response -> {
          EntityUtils.consume(response.getEntity());
          return response.getCode();
        });
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments[1].equals("kept")) request(arguments[0], arguments[2] + "/", false);
    try {
      System.out.println(request(arguments[0], arguments[2] + "/orders", true));
    } catch (Exception error) {
      System.out.println("raises");
    }
    System.exit(0);
  }
}
END
javac -cp 'jars/*' Order.java
cat >order.js <<'END'
const [client, connection, url] = process.argv.slice(2);
(async () => {
  const got = (await import('got')).default;
  const options = (method) => ({ method, body: method === 'POST' ? '{}' : undefined });
  const clients = {
    got: async (path, method) => (await got(url + path, options(method))).statusCode,
    fetch: async (path, method) => {
      const response = await fetch(url + path, options(method));
      await response.text();
      return response.status;
    },
  };
  if (connection === 'kept') await clients[client]('/', 'GET');
  console.log(await clients[client]('/orders', 'POST').catch(() => 'raises'));
  process.exit(0);
})();
END
cat >order.py <<'END'
import asyncio, sys
import aiohttp, requests

client, connection, url = sys.argv[1:]

async def with_aiohttp():
    async with aiohttp.ClientSession() as session:
        if connection == "kept":
            async with session.get(url + "/") as response:
                await response.read()
        try:
            async with session.post(url + "/orders", data="{}") as response:
                print(response.status)
        except aiohttp.ClientError:
            print("raises")

if client == "aiohttp":
    asyncio.run(with_aiohttp())
else:
    session = requests.Session()
    if connection == "kept":
        session.get(url + "/")
    try:
        print(session.post(url + "/orders", data="{}").status_code)
    except requests.RequestException:
        print("raises")
END
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.22
END
cat >go-client/main.go <<'END'
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	header, connection, url := os.Args[1], os.Args[2], os.Args[3]
	if connection == "kept" {
		response, err := http.Get(url + "/")
		if err != nil {
			panic(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	order, _ := http.NewRequest("POST", url+"/orders", strings.NewReader("{}"))
	if header != "net/http" {
		order.Header.Set("Idempotency-Key", "order-17")
	}
	response, err := http.DefaultClient.Do(order)
	if err != nil {
		fmt.Println("raises")
	} else {
		fmt.Println(response.StatusCode)
	}
}
END
(cd go-client && go build -o client .)
# A server that closes the connection of the first order without an answer, and answers all others.
cat >shop.py <<'END'
import socketserver, subprocess, sys, threading

class Shop(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            while request := self.rfile.readline():
                length = chunked = 0
                while line := self.rfile.readline().strip().lower():
                    if line.startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                    chunked = chunked or line == b"transfer-encoding: chunked"
                while chunked and (size := int(self.rfile.readline(), 16)):
                    self.rfile.read(size + 2)
                self.rfile.read(2 if chunked else length)
                status = b"200 OK"
                if request.startswith(b"POST"):
                    self.server.orders += 1
                    if self.server.orders == 1:
                        return
                    status = b"201 Created"
                self.wfile.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\n{}")
        except ConnectionError:
            pass

class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

for connection in "new", "kept":
    with Server(("127.0.0.1", 0), Shop) as server:
        server.orders = 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        command = sys.argv[1:] + [connection, url]
        answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
        print(f"{sys.argv[-1]}, {connection} connection: {answer}, orders {server.orders}")
        server.shutdown()
END
{
  for client in HttpURLConnection OkHttp java.net.http httpclient5; do
    python3 shop.py java -cp 'jars/*:.' Order $client
  done
  for client in 'net/http' 'net/http with Idempotency-Key'; do python3 shop.py go-client/client "$client"; done
  for client in requests aiohttp; do python3 shop.py python/bin/python order.py $client; done
  for client in fetch got; do python3 shop.py node order.js $client; done
} | tee seen
diff seen - <<'END'
HttpURLConnection, new connection: 201, orders 2
HttpURLConnection, kept connection: 201, orders 2
OkHttp, new connection: raises, orders 1
OkHttp, kept connection: 201, orders 2
java.net.http, new connection: raises, orders 1
java.net.http, kept connection: raises, orders 1
httpclient5, new connection: raises, orders 1
httpclient5, kept connection: raises, orders 1
net/http, new connection: raises, orders 1
net/http, kept connection: raises, orders 1
net/http with Idempotency-Key, new connection: raises, orders 1
net/http with Idempotency-Key, kept connection: 201, orders 2
requests, new connection: raises, orders 1
requests, kept connection: raises, orders 1
aiohttp, new connection: raises, orders 1
aiohttp, kept connection: raises, orders 1
fetch, new connection: raises, orders 1
fetch, kept connection: raises, orders 1
got, new connection: raises, orders 1
got, kept connection: raises, orders 1
END
echo "as described"
