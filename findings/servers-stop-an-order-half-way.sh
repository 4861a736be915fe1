#!/usr/bin/env bash
# A handler charges a card, awaits another service for a second, and then records the order, and its client gives up in
# between: what becomes of the order, by eleven servers, seen on 2026-11-30 with Python 3.11 and Java 17. They have no
# options; the client has a time limit of half a second.
# - Quart 0.22.0, Django 5.2.19 (async views), both by uvicorn 0.54.0, Sanic 25.12.1, grpcio 1.85.3's grpc.aio (PyPI),
#   and Spring WebFlux 6.2.6 (Maven Central) cancel the handler where it waits: charged, and not recorded. "except
#   Exception" does not see it, since CancelledError is none, and nothing is logged.
# - aiohttp 3.14.5, Starlette 1.10.0, FastAPI 0.165.0, Litestar 2.25.0, Tornado 6.6.1, and grpcio with threads (PyPI)
#   carry it out: the client that gave up finds the order when it asks again. A handler that moves from FastAPI to
#   Quart, or from a thread to grpc.aio, loses that.
# What to do: what has to be whole in a task of its own, await asyncio.shield(asyncio.create_task(...)), with a
# reference to it, or Mono.cache(); below "shielded". And a repeat under the same idempotency key, which finishes what
# was begun.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check quart==0.22.0 django==5.2.19 sanic==25.12.1 grpcio==1.85.3 \
  aiohttp==3.14.5 starlette==1.10.0 fastapi==0.165.0 litestar==2.25.0 tornado==6.6.1 uvicorn==0.54.0
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.springframework:spring-webflux:6.2.6 org.springframework:spring-context:6.2.6 \
    io.projectreactor.netty:reactor-netty-http:1.2.5 org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >server.py <<'END'
import asyncio, concurrent.futures, sys, time

library, port, shielded = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "shielded"
tasks = set()

def note(what):
    with open("deeds", "a") as file:
        file.write(f" {what}")

async def charge_and_record():
    note("charged")
    await asyncio.sleep(1)
    note("recorded")

async def place():
    if not shielded:
        return await charge_and_record()
    task = asyncio.create_task(charge_and_record())
    tasks.add(task)
    await asyncio.shield(task)

def by_uvicorn(app):
    import uvicorn
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical")

def aiohttp():
    from aiohttp import web
    async def handler(request):
        await place()
        return web.Response(text="17")
    app = web.Application()
    app.router.add_post("/", handler)
    web.run_app(app, host="127.0.0.1", port=port, print=None)

def starlette():
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    async def handler(request):
        await place()
        return PlainTextResponse("17")
    by_uvicorn(Starlette(routes=[Route("/", handler, methods=["POST"])]))

def fastapi():
    from fastapi import FastAPI
    app = FastAPI()
    @app.post("/")
    async def handler():
        await place()
        return 17
    by_uvicorn(app)

def litestar():
    from litestar import Litestar, post
    @post("/")
    async def handler() -> str:
        await place()
        return "17"
    by_uvicorn(Litestar([handler]))

def tornado():
    import tornado.web
    class Handler(tornado.web.RequestHandler):
        async def post(self):
            await place()
            self.write("17")
    async def serve():
        tornado.web.Application([("/", Handler)]).listen(port, "127.0.0.1")
        await asyncio.Event().wait()
    asyncio.run(serve())

def quart():
    from quart import Quart
    app = Quart("shop")
    @app.post("/")
    async def handler():
        await place()
        return "17"
    by_uvicorn(app)

def django():
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.http import HttpResponse
    from django.urls import path
    settings.configure(SECRET_KEY="finding", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[])
    async def handler(request):
        await place()
        return HttpResponse("17")
    globals()["urlpatterns"] = [path("", handler)]
    by_uvicorn(get_asgi_application())

def sanic():
    import sanic
    app = sanic.Sanic("shop", configure_logging=False)
    @app.post("/")
    async def handler(request):
        await place()
        return sanic.text("17")
    app.run(host="127.0.0.1", port=port, single_process=True, motd=False, access_log=False)

def handlers(method):
    import grpc
    return [grpc.method_handlers_generic_handler("Shop", {"Place": grpc.unary_unary_rpc_method_handler(method)})]

def grpc_aio():
    import grpc
    async def method(request, context):
        await place()
        return b"17"
    async def serve():
        server = grpc.aio.server(handlers=handlers(method))
        server.add_insecure_port(f"127.0.0.1:{port}")
        await server.start()
        await server.wait_for_termination()
    asyncio.run(serve())

def grpc_threads():
    import grpc
    def method(request, context):
        note("charged")
        time.sleep(1)
        note("recorded")
        return b"17"
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(), handlers=handlers(method))
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    server.wait_for_termination()

globals()[library]()
END
cat >Server.java <<'END'
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

public class Server {
  static void note(String what) {
    try {
      Files.writeString(Path.of("deeds"), " " + what, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException error) {
      throw new RuntimeException(error);
    }
  }

  public static void main(String[] arguments) {
    var routes = RouterFunctions.route().POST("/", request -> {
      var place = Mono.fromRunnable(() -> note("charged")).then(Mono.delay(Duration.ofSeconds(1)))
          .doOnNext(ignored -> note("recorded"));
      return (arguments[1].equals("shielded") ? place.cache() : place).then(ServerResponse.ok().bodyValue("17"));
    }).build();
    HttpServer.create().host("127.0.0.1").port(Integer.parseInt(arguments[0]))
        .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(routes))).bindNow().onDispose().block();
  }
}
END
javac -cp 'jars/*' Server.java
cat >call.py <<'END'
import sys
import grpc

try:
    grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}").unary_unary("/Shop/Place")(b"", timeout=0.5)
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
END
# Starts the server, calls it twice, as the first call may be slow, and shows what the second one has done.
place() {
  local name=$1 way=$2 port
  shift 2
  port=$(python3 -c 'import socket
one = socket.socket()
one.bind(("127.0.0.1", 0))
print(one.getsockname()[1])')
  "$@" "$port" "$way" >server.log 2>&1 &
  server=$!
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done
  for _ in 1 2; do
    rm -f deeds
    if [[ $name == grpc* ]]; then
      python/bin/python call.py "$port"
    else
      curl -s -o answer -m 0.5 -X POST "http://127.0.0.1:$port/" && exit 1
    fi
    sleep 2
  done
  kill "$server"
  wait "$server" 2>/dev/null || true
  server=
  echo "$name, $way:$(<deeds)"
}
{
  for name in quart django sanic grpc_aio; do
    place "$name" plain python/bin/python server.py "$name"
    place "$name" shielded python/bin/python server.py "$name"
  done
  place webflux plain java -cp 'jars/*:.' Server
  place webflux shielded java -cp 'jars/*:.' Server
  for name in aiohttp starlette fastapi litestar tornado grpc_threads; do
    place "$name" plain python/bin/python server.py "$name"
  done
} | tee seen
diff seen - <<'END'
quart, plain: charged
quart, shielded: charged recorded
django, plain: charged
django, shielded: charged recorded
sanic, plain: charged
sanic, shielded: charged recorded
grpc_aio, plain: charged
grpc_aio, shielded: charged recorded
webflux, plain: charged
webflux, shielded: charged recorded
aiohttp, plain: charged recorded
starlette, plain: charged recorded
fastapi, plain: charged recorded
litestar, plain: charged recorded
tornado, plain: charged recorded
grpc_threads, plain: charged recorded
END
echo "as described"
