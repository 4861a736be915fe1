#!/usr/bin/env bash
# camel-lra 4.10.0 (Maven Central, Apache Camel's saga pattern over an LRA coordinator), seen on 2026-11-29 with Java 17:
# the options of a saga travel in the query of the participant's link, and Camel writes them there as they are. So
# - a value with a blank makes a link that is no URI (java.net.URI refuses it), which a coordinator has to correct;
# - a value with "&" is cut: the compensation that is called through the very link that Camel gave sees order "A" where
#   the route that joined had "A&B 1", and a header named "B 1" beside it. Nothing is logged.
# What to do: encode an option's value in the route (URLEncoder) and decode it in the compensation, or use ids without
# such characters; a coordinator encodes what a URL cannot hold and leaves the rest as it came.
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
cat >Shop.java <<'END'
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.service.lra.LRASagaService;

public class Shop {
  static final CountDownLatch compensated = new CountDownLatch(1);
  static volatile String link = "";
  static String coordinator;

  // A coordinator: gives one id, keeps the compensation's link, agrees to everything.
  static void answer(HttpExchange exchange) throws java.io.IOException {
    String links = exchange.getRequestHeaders().getFirst("Link");
    if (links != null) link = links.substring(1, links.indexOf(">; rel=compensate"));
    boolean isStart = exchange.getRequestURI().getPath().endsWith("/start");
    String id = coordinator + "/lra-coordinator/1";
    exchange.getResponseHeaders().add("Long-Running-Action", id);
    exchange.getResponseHeaders().add("Location", id);
    byte[] body = id.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(isStart ? 201 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", Shop::answer);
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
        from("direct:buy").saga().option("order", header("order")).compensation("direct:undo").process(exchange ->
            System.out.println("the action has order " + exchange.getIn().getHeader("order")));
        from("direct:undo").process(exchange -> {
          String rest = exchange.getIn().getHeaders().containsKey("B 1") ? " and a header B 1" : "";
          System.out.println("the compensation has order " + exchange.getIn().getHeader("order") + rest);
          compensated.countDown();
        });
      }
    });
    camel.start();
    camel.createProducerTemplate().requestBodyAndHeader("direct:buy", "", "order", "A&B 1");
    System.out.println("the link has " + link.substring(link.indexOf('?'), link.indexOf("&Camel")));
    try {
      new URI(link);
    } catch (URISyntaxException error) {
      System.out.println("URI: " + error.getReason());
    }
    HttpRequest call = HttpRequest.newBuilder(URI.create(link.replace(" ", "%20")))
        .header("Long-Running-Action", coordinator + "/lra-coordinator/1").PUT(HttpRequest.BodyPublishers.noBody()).build();
    HttpClient.newHttpClient().sendAsync(call, HttpResponse.BodyHandlers.discarding());
    compensated.await();
    System.out.flush();
    Runtime.getRuntime().halt(0); // a graceful stop waits for the saga that is still open
  }
}
END
javac -cp 'jars/*' Shop.java
java -cp 'jars/*:.' Shop | tee seen
diff seen - <<'END'
the action has order A&B 1
the link has ?order=A&B 1
URI: Illegal character in query
the compensation has order A and a header B 1
END
echo "as described"
