#!/usr/bin/env bash
# org.jboss.narayana.lra:lra-client 1.1.0.Final (Maven Central, the LRA client of WildFly, and of Quarkus 3.33.2), seen on
# 2026-11-29 with Java 17: when the coordinator refuses a join, the caller of the method with @LRA gets 410 Gone and a text
# that says "responded with status '404 (Not Found)'", whatever the coordinator answered: also for 400, 412 (its code has
# a branch for that, which is never reached), 429 and 500. The coordinator's own text is lost. Only 503 is passed on.
# So a program that reads 410 as "this LRA has ended" gives up on one that goes on, and who looks for the reason of a
# refusal has to look at the coordinator.
# What to do: a coordinator that wants a join to be tried again answers 503, and nothing else.
# Output seen: as below. Fails when that changes. Takes half a minute.
set -euo pipefail
folder=$(mktemp -d)
started=()
finish() {
  ((${#started[@]} == 0)) || kill "${started[@]}" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
mkdir -p src/main/java
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
<properties><maven.compiler.release>17</maven.compiler.release></properties>
<dependencyManagement><dependencies><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-bom</artifactId>
<version>3.33.2</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>
<dependencies>
<dependency><groupId>io.quarkus</groupId><artifactId>quarkus-narayana-lra</artifactId></dependency>
<dependency><groupId>io.quarkus</groupId><artifactId>quarkus-resteasy-jackson</artifactId></dependency>
<dependency><groupId>io.quarkus</groupId><artifactId>quarkus-resteasy-client</artifactId></dependency>
</dependencies>
<build><plugins>
<plugin><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin>
<plugin><groupId>io.quarkus</groupId><artifactId>quarkus-maven-plugin</artifactId><version>3.33.2</version>
<extensions>true</extensions><executions><execution><goals><goal>build</goal></goals></execution></executions></plugin>
</plugins></build></project>
END
cat >src/main/java/Order.java <<'END'
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.lra.annotation.Compensate;
import org.eclipse.microprofile.lra.annotation.ws.rs.LRA;

@Path("/orders")
public class Order {
  @POST
  @LRA(value = LRA.Type.MANDATORY, end = false)
  public String order() {
    return "ordered";
  }

  @PUT
  @Path("/compensate")
  @Compensate
  public void compensate() {}
}
END
# A coordinator that refuses every join, with the status in the LRA's id. It prints its port.
cat >coordinator.py <<'END'
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_PUT(self):
        status = int(self.path.split("?")[0].split("/")[2])
        text = f"the coordinator says {status}"
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
END
python3 coordinator.py >port 2>/dev/null &
started+=($!)
until [[ -s port ]]; do sleep 0.1; done
coordinator=http://127.0.0.1:$(<port)/lra-coordinator

mvn -B -q package >maven.log || { cat maven.log >&2; exit 1; }
java -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port=0 -Dquarkus.lra.coordinator-url="$coordinator" \
  -jar target/quarkus-app/quarkus-run.jar >log 2>&1 &
started+=($!)
until address=$(grep -oE 'http://127[0-9.:]+$' log); do sleep 0.1; done
for status in 400 412 429 500 503; do
  printf 'the coordinator says %s: the caller gets %s' "$status" "$(curl --noproxy '*' -s -o answer -w '%{http_code}' \
    -X POST -H "Long-Running-Action: $coordinator/$status" "$address/orders")"
  said=$(grep -oE "responded with status '[^']*'|the coordinator says [0-9]+" answer | head -1)
  printf ', "%s"\n' "$said"
done >seen
cat seen
diff seen - <<'END'
the coordinator says 400: the caller gets 410, "responded with status '404 (Not Found)'"
the coordinator says 412: the caller gets 410, "responded with status '404 (Not Found)'"
the coordinator says 429: the caller gets 410, "responded with status '404 (Not Found)'"
the coordinator says 500: the caller gets 410, "responded with status '404 (Not Found)'"
the coordinator says 503: the caller gets 503, "the coordinator says 503"
END
echo "as described"
