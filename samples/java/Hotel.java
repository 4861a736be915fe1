// A hotel that takes part in sagas: java Hotel.java PORT FILE. Java 17 or later.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

public class Hotel {
  static final double KEYS_KEPT = 30 * 86_400;  // seconds; longer than any call is repeated

  record Answer(int status, String json) {}

  // What came of a call. One with the status 201 made a booking, for that saga.
  record Call(String key, double at, String saga, Answer answer) {}

  // The file has a line for each call, so that one write holds its key and its effect, as one transaction does in a
  // database.
  private final FileChannel file;
  private final Map<String, Call> calls = new HashMap<>();  // by key
  private final List<Call> bookings = new ArrayList<>();
  private int booked = 0;
  private double moved = 0;  // seconds by which a rehearsal has moved the clock

  Hotel(Path path) throws IOException {
    String text = Files.exists(path) ? Files.readString(path) : "";
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    for (String line : whole.split("\n")) {
      String[] it = line.split("\t", 5);
      if (it.length == 5)
        apply(new Call(decode(it[0]), Double.parseDouble(it[1]), decode(it[2]),
            new Answer(Integer.parseInt(it[3]), it[4])));
    }
    file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file.truncate(whole.getBytes(UTF_8).length);  // the last line, if a crash cut it short
    file.position(file.size());
  }

  // Acts and stores the answer. Called again with the same key it gives the stored answer.
  private Answer once(String key, String saga, Supplier<Answer> act) {
    if (key.isEmpty()) return new Answer(400, reason("the header Idempotency-Key is missing"));
    Call stored = calls.get(key);
    if (stored != null && stored.at() >= now() - KEYS_KEPT) return stored.answer();
    return commit(new Call(key, now(), saga, act.get()));
  }

  // Undoes the call with that key, and from then on refuses it: also when it has not come yet.
  private Answer undo(String key) {
    commit(new Call(key, now(), "", new Answer(409, reason("this call was undone"))));
    return new Answer(200, "{}");
  }

  // Durable before it is answered. A write that fails ends the process, since only a part may have been written.
  private Answer commit(Call it) {
    String line = String.join("\t", encode(it.key()), Double.toString(it.at()), encode(it.saga()),
        Integer.toString(it.answer().status()), it.answer().json()) + "\n";
    try {
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(UTF_8));
      while (bytes.hasRemaining()) file.write(bytes);
      file.force(false);
    } catch (IOException failed) {
      System.err.println("the file cannot be written: " + failed);
      Runtime.getRuntime().halt(1);
    }
    apply(it);
    return it.answer();
  }

  private void apply(Call it) {
    calls.put(it.key(), it);
    if (it.answer().status() == 201) {
      bookings.add(it);
      ++booked;
    }
    if (it.answer().status() == 409) bookings.removeIf(each -> each.key().equals(it.key()));
  }

  private double now() {
    return System.currentTimeMillis() / 1000.0 + moved;
  }

  // One request at a time: `synchronized` is the lock.
  private synchronized Answer handle(HttpExchange request, String body) {
    String method = request.getRequestMethod();
    String[] path = request.getRequestURI().getRawPath().substring(1).split("/");
    String key = header(request, "Idempotency-Key").replace("\"", "");
    String saga = header(request, "Saga-Id");
    if (method.equals("POST") && path[0].equals("bookings")) {
      if (member(body, "guest").isEmpty() || member(body, "nights").isEmpty())
        return new Answer(400, reason("guest or nights is missing"));
      return once(key, saga, () -> Integer.parseInt(member(body, "nights")) > 30
          ? new Answer(422, reason("at most 30 nights"))
          : new Answer(201, "{\"id\": " + (booked + 1) + "}"));
    }
    if (method.equals("DELETE") && path[0].equals("bookings") && path.length == 2) return undo(decode(path[1]));
    if (method.equals("GET") && path[0].equals("bookings")) {
      String query = request.getRequestURI().getRawQuery();
      long total = bookings.stream().filter(each -> ("saga=" + encode(each.saga())).equals(query)).count();
      return new Answer(200, "{\"total\": " + total + "}");
    }
    if (method.equals("POST") && path[0].equals("clock")) {
      moved += Double.parseDouble(member(body, "seconds"));  // for rehearsals alone: leave it out of a service that
      return new Answer(200, "{}");                          // others can reach
    }
    return new Answer(400, reason("no such path"));  // not 404: to an undo that means that there was nothing to undo
  }

  // The JDK reads no JSON; a real service has a library that does.
  private static String member(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|[-+.\\w]+)").matcher(json);
    return found.find() ? found.group(1) : "";
  }

  private static String header(HttpExchange request, String name) {
    String value = request.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  private static String reason(String text) {
    return "{\"reason\": \"" + text + "\"}";
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  public static void main(String[] arguments) throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Hotel hotel = new Hotel(Path.of(arguments[1]));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 128);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", request -> {
      String body = new String(request.getRequestBody().readAllBytes(), UTF_8);
      Answer answer;
      try {
        answer = hotel.handle(request, body);
      } catch (RuntimeException wrong) {
        answer = new Answer(400, reason("the request is not understood"));
      }
      byte[] bytes = answer.json().getBytes(UTF_8);
      request.getResponseHeaders().set("Content-Type", "application/json");
      request.sendResponseHeaders(answer.status(), bytes.length);
      request.getResponseBody().write(bytes);
      request.close();
    });
    server.start();
  }
}
