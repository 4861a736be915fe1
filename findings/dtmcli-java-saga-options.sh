#!/usr/bin/env bash
# io.github.dtm-labs:dtmcli-java 2.1.4 (Maven Central, DTM's client for Java), seen on 2026-11-29 with Java 17:
# - The saga that it submits holds the member "subType" twice, once as the tag of its class and once as its field. Both
#   have the same value; a reader that refuses a member that stands twice refuses every saga of this client.
# - The options for the time limit and the pause between tries cannot be set: setTimeoutToFail and setRetryInterval of
#   Saga end in StackOverflowError. enableConcurrent and enableWaitResult return.
# What to do: a server has to accept the doubled member; a program has to leave these options to the server's own.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.github.dtm-labs</groupId>
      <artifactId>dtmcli-java</artifactId>
      <version>2.1.4</version>
    </dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars
cat >Options.java <<'END'
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import pub.dtm.client.DtmClient;
import pub.dtm.client.saga.Saga;

public class Options {
  interface Change { void apply(Saga saga) throws Exception; }
  static String submitted = "";

  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", exchange -> {
      submitted = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      byte[] answer = "{\"dtm_result\": \"SUCCESS\", \"gid\": \"g-1\"}".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
    DtmClient client = new DtmClient("127.0.0.1:" + server.getAddress().getPort());
    client.newSaga().add("http://127.0.0.1/a", "http://127.0.0.1/undo-a", Map.of("amount", 30)).submit();
    System.out.println("subType stands there " + (submitted.split("\"subType\"", -1).length - 1) + " times");
    show("setTimeoutToFail", client, saga -> saga.setTimeoutToFail(60));
    show("setRetryInterval", client, saga -> saga.setRetryInterval(2));
    show("enableConcurrent", client, saga -> saga.enableConcurrent());
    show("enableWaitResult", client, saga -> saga.enableWaitResult());
    System.exit(0);
  }

  static void show(String name, DtmClient client, Change change) throws Exception {
    try {
      change.apply(client.newSaga());
      System.out.println(name + " returns");
    } catch (StackOverflowError error) {
      System.out.println(name + " ends in StackOverflowError");
    }
  }
}
END
javac -proc:none -cp 'jars/*' Options.java
java -cp 'jars/*:.' Options 2>/dev/null | grep -v -E '^(SLF4J|[0-9:. ]+\[)' | tee seen
diff seen - <<'END'
subType stands there 2 times
setTimeoutToFail ends in StackOverflowError
setRetryInterval ends in StackOverflowError
enableConcurrent returns
enableWaitResult returns
END
echo "as described"
