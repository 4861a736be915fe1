// Runs sagas with DTM's client for Java, unchanged, against the node at the address in its argument ("host:port"). The
// participant is in this process.
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import pub.dtm.client.DtmClient;
import pub.dtm.client.saga.Saga;

public class Sagas {
  private static final List<String> calls = new CopyOnWriteArrayList<>(); // "/out action 01 <body>"
  private static final Map<String, Integer> statuses = new ConcurrentHashMap<>();
  private static String node;
  private static String busi;

  public static void main(String[] arguments) throws Exception {
    node = arguments[0];
    HttpServer participant = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    participant.setExecutor(Executors.newCachedThreadPool());
    participant.createContext("/", exchange -> {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String query = exchange.getRequestURI().getQuery();
      String path = exchange.getRequestURI().getPath();
      calls.add(path + " " + argument(query, "op") + " " + argument(query, "branch_id") + " " + body);
      byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(statuses.getOrDefault(path, 200), answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    participant.start();
    busi = "http://127.0.0.1:" + participant.getAddress().getPort();
    try {
      aSagaSucceeds();
      aSagaThatFailsIsUndone();
      concurrentStepsKeepTheirOrder();
      System.exit(0);
    } catch (Throwable broken) {
      broken.printStackTrace();
      System.exit(1);
    }
  }

  private static Saga newSaga() throws Exception {
    calls.clear();
    statuses.clear();
    return new DtmClient(node).newSaga().add(busi + "/out", busi + "/out-back", Map.of("amount", 30))
        .add(busi + "/in", busi + "/in-back", "").enableWaitResult();
  }

  private static void aSagaSucceeds() throws Exception {
    String gid = newSaga().submit();
    check("succeed", status(gid));
    check(List.of("/out action 01 {\"amount\":30}", "/in action 02 \"\""), calls);
    System.out.println("- a saga succeeds");
  }

  private static void aSagaThatFailsIsUndone() throws Exception {
    Saga saga = newSaga();
    statuses.put("/in", 409);
    try {
      saga.submit();
    } catch (Exception refused) {
      // The client gives the 409 as an error.
    }
    check("failed", status(saga.getGid()));
    check(4, calls.size());
    check("/in-back compensate 02 \"\"", calls.get(2));
    System.out.println("- a saga that fails is undone");
  }

  private static void concurrentStepsKeepTheirOrder() throws Exception {
    Saga saga = newSaga().enableConcurrent().addBranchOrder(0, Collections.singletonList(1));
    check("succeed", status(saga.submit()));
    check("/in action 02 \"\"", calls.get(0));
    System.out.println("- concurrent steps keep their order");
  }

  private static String status(String gid) throws Exception {
    URI uri = URI.create("http://" + node + "/api/dtmsvr/query?gid=" + gid);
    String body = HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(),
        HttpResponse.BodyHandlers.ofString()).body();
    int at = body.indexOf("\"status\":\"") + 10;
    return body.substring(at, body.indexOf('"', at));
  }

  private static String argument(String query, String name) {
    for (String part : query.split("&"))
      if (part.startsWith(name + "=")) return part.substring(name.length() + 1);
    return "";
  }

  private static void check(Object expected, Object seen) {
    if (!expected.equals(seen)) throw new AssertionError("expected " + expected + ", and it is " + seen + "; " + calls);
  }
}
