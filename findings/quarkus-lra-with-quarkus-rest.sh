#!/usr/bin/env bash
# quarkus-narayana-lra 3.33.2 (Maven Central, LRA for Quarkus, with LRA's client 1.1.0.Final), seen on 2026-11-29 with
# Java 17: together with quarkus-rest-jackson and quarkus-rest-client, which its build accepts, the program builds and
# starts, and every request to a method with @LRA is answered 500: NoClassDefFoundError of
# org/jboss/resteasy/concurrent/ContextualExecutors. The LRA client brings RESTEasy's REST client, which is of no use
# beside Quarkus REST and is found by it. Quarkus left it out after that release (its pull request 53616).
# What to do: exclude org.jboss.resteasy.microprofile:microprofile-rest-client; or use quarkus-resteasy-jackson and
# quarkus-resteasy-client.
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
# pom EXCLUSION
pom() {
  cat <<END
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
<properties><maven.compiler.release>17</maven.compiler.release></properties>
<dependencyManagement><dependencies><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-bom</artifactId>
<version>3.33.2</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>
<dependencies>
<dependency><groupId>io.quarkus</groupId><artifactId>quarkus-narayana-lra</artifactId>$1</dependency>
<dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest-jackson</artifactId></dependency>
<dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest-client</artifactId></dependency>
</dependencies>
<build><plugins>
<plugin><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin>
<plugin><groupId>io.quarkus</groupId><artifactId>quarkus-maven-plugin</artifactId><version>3.33.2</version>
<extensions>true</extensions><executions><execution><goals><goal>build</goal></goals></execution></executions></plugin>
</plugins></build></project>
END
}
cat >src/main/java/Order.java <<'END'
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.lra.annotation.Compensate;
import org.eclipse.microprofile.lra.annotation.ws.rs.LRA;

@Path("/orders")
public class Order {
  @POST
  @LRA
  public String order() {
    return "ordered";
  }

  @PUT
  @Path("/compensate")
  @Compensate
  public void compensate() {}
}
END
# A coordinator that agrees to everything. It prints its port.
cat >coordinator.py <<'END'
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def answer(self):
        lra = f"http://{self.headers['Host']}/lra-coordinator/1"
        self.send_response(201 if self.command == "POST" else 200)
        self.send_header("Location", lra)
        self.send_header("Long-Running-Action-Recovery", lra)
        self.send_header("Content-Length", str(len(lra)))
        self.end_headers()
        self.wfile.write(lra.encode())

    do_POST = do_PUT = answer

server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
END
python3 coordinator.py >port 2>/dev/null &
started+=($!)
until [[ -s port ]]; do sleep 0.1; done

# try NAME EXCLUSION
try() {
  local address
  pom "$2" >pom.xml
  : >log
  mvn -B -q clean package >maven.log || { cat maven.log >&2; exit 1; }
  java -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port=0 \
    -Dquarkus.lra.coordinator-url="http://127.0.0.1:$(<port)/lra-coordinator" -jar target/quarkus-app/quarkus-run.jar >log 2>&1 &
  started+=($!)
  until address=$(grep -oE 'http://127[0-9.:]+' log); do sleep 0.1; done
  printf '%s: %s' "$1" "$(curl --noproxy '*' -s -o answer -w '%{http_code}' -X POST "$address/orders")"
  ! grep -q NoClassDefFoundError log || printf ', NoClassDefFoundError'
  printf '\n'
}
exclusion="<groupId>org.jboss.resteasy.microprofile</groupId><artifactId>microprofile-rest-client</artifactId>"
try "as it comes" "" >seen
try "with the exclusion" "<exclusions><exclusion>$exclusion</exclusion></exclusions>" >>seen
cat seen
diff seen - <<'END'
as it comes: 500, NoClassDefFoundError
with the exclusion: 200
END
echo "as described"
