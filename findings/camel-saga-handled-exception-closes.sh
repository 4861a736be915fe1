#!/usr/bin/env bash
# camel-core 4.10.0 with camel-lra 4.10.0 (Maven Central, Apache Camel's saga pattern), seen on 2026-11-29 with Java 17:
# a saga is cancelled by an exception that leaves its route, and by nothing else. So a route that answers its error by
# onException(...).handled(true), as routes commonly do, closes the LRA: every step that went well is completed, though
# the saga failed. Nothing is logged. The same error caught outside of the saga, by doTry in the route that calls it,
# cancels the LRA.
# What to do: catch outside, or end the LRA oneself with completionMode(MANUAL).
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in camel-main camel-lra camel-direct camel-rest camel-netty-http; do
    echo "<dependency><groupId>org.apache.camel</groupId><artifactId>$artifact</artifactId><version>4.10.0</version></dependency>"
  done
  echo '<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.16</version></dependency>'
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >Ends.java <<'END_OF_JAVA'
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.service.lra.LRASagaService;

public class Ends {
  static String coordinator;
  static volatile String ended = "";

  // A coordinator: gives one id, agrees to everything, and keeps how the LRA was ended.
  static void answer(HttpExchange exchange) throws java.io.IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith("/close") || path.endsWith("/cancel")) ended = path.substring(path.lastIndexOf('/') + 1);
    String id = coordinator + "/lra-coordinator/1";
    exchange.getResponseHeaders().add("Long-Running-Action", id);
    exchange.getResponseHeaders().add("Location", id);
    byte[] body = id.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(path.endsWith("/start") ? 201 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", Ends::answer);
    server.start();
    coordinator = "http://127.0.0.1:" + server.getAddress().getPort();
    int port;
    try (ServerSocket free = new ServerSocket(0)) { port = free.getLocalPort(); }
    DefaultCamelContext camel = new DefaultCamelContext();
    LRASagaService sagas = new LRASagaService();
    sagas.setCoordinatorUrl(coordinator);
    sagas.setLocalParticipantUrl("http://127.0.0.1:" + port);
    camel.addService(sagas);
    camel.addRoutes(new RouteBuilder() {
      public void configure() {
        restConfiguration().component("netty-http").host("127.0.0.1").port(port);
        from("direct:handled").onException(IllegalStateException.class).handled(true).setBody(constant("sorry")).end()
            .saga().compensation("direct:undo").throwException(new IllegalStateException("out of stock"));
        from("direct:saga").saga().compensation("direct:undo").throwException(new IllegalStateException("out of stock"));
        from("direct:outside").doTry().to("direct:saga").doCatch(IllegalStateException.class).setBody(constant("sorry"));
        from("direct:undo").log("undone");
      }
    });
    camel.start();
    for (String route : new String[] {"handled", "outside"}) {
      Object answer = camel.createProducerTemplate().requestBody("direct:" + route, "");
      System.out.println(route + ": answers " + answer + ", and the LRA gets " + ended);
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
END_OF_JAVA
javac -cp 'jars/*' Ends.java
java -cp 'jars/*:.' Ends | tee seen
diff seen - <<'END_OF_OUTPUT'
handled: answers sorry, and the LRA gets close
outside: answers sorry, and the LRA gets cancel
END_OF_OUTPUT
echo "as described"
