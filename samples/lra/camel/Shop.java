import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.support.ExpressionAdapter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;

// A shop: an order reserves stock and charges a card, and both are kept or undone together.
//   java -cp 'jars/*' Shop.java PORT COORDINATOR FILE
public class Shop extends RouteBuilder {
  static class Refused extends Exception {
    Refused(String reason) {
      super(reason);
    }
  }

  private final int port;
  private final Table table;

  Shop(int port, Table table) {
    this.port = port;
    this.table = table;
  }

  @Override
  public void configure() {
    restConfiguration().component("netty-http").host("127.0.0.1").port(port)
        .endpointProperty("urlDecodeHeaders", "true");
    rest("/orders").post("/{order}").to("direct:order");
    rest("/carts").post("/{order}").to("direct:cart").post("/{order}/payment").to("direct:payment");

    // An exception that leaves `saga` cancels the LRA, so it is caught outside.
    from("direct:order").doTry().to("direct:buy").doCatch(Refused.class)
        .setHeader(Exchange.HTTP_RESPONSE_CODE, constant(402)).setBody(exceptionMessage()).end()
        .removeHeaders("*", Exchange.HTTP_RESPONSE_CODE);  // else the request's headers are those of the answer
    from("direct:buy").saga().timeout(Duration.ofSeconds(30))
        .to("direct:reserve").to("direct:charge").setBody(constant("bought"));

    // A cart keeps its stock for two seconds: it is paid before, or its time limit cancels it.
    from("direct:cart").saga().completionMode(SagaCompletionMode.MANUAL).timeout(Duration.ofSeconds(2))
        .to("direct:reserve").setBody(header(Exchange.SAGA_LONG_RUNNING_ACTION));
    from("direct:payment").saga().propagation(SagaPropagation.MANDATORY).completionMode(SagaCompletionMode.MANUAL)
        .to("direct:charge").to("saga:complete").setBody(constant("bought"));

    // The options come back as headers. Camel puts them into a URL as they are: an id may be one, free text is encoded.
    from("direct:reserve").saga().propagation(SagaPropagation.MANDATORY)
        .option("order", header("order")).option("note", encodedNote)
        .compensation("direct:release").completion("direct:sell")
        .process(exchange -> act(exchange, "reserved", "released"));
    from("direct:charge").saga().propagation(SagaPropagation.MANDATORY)
        .option("order", header("order")).option("note", encodedNote)
        .compensation("direct:refund").completion("direct:settle")
        .process(this::charge);
    from("direct:release").process(tell("released"));
    from("direct:sell").process(tell("sold"));
    from("direct:refund").process(tell("refunded"));
    from("direct:settle").process(tell("settled"));
  }

  private void charge(Exchange exchange) throws Exception {
    if (exchange.getIn().getHeader("price", 0, int.class) > 1000) throw new Refused("the card was declined");
    act(exchange, "charged", "refunded");
  }

  // A saga's step joins before it acts. So its undo may come alone, and does nothing; or before the act, and blocks it.
  private void act(Exchange exchange, String done, String undone) throws Exception {
    String lra = exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, String.class);
    if (!table.addUnless(undone, lra, done, order(exchange))) throw new Refused("it was undone");
  }

  private Processor tell(String word) {
    return exchange -> {
      String lra = exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, String.class);
      table.add(lra, word, order(exchange) + "\t" + note(exchange));
    };
  }

  private static String order(Exchange exchange) {
    return exchange.getIn().getHeader("order", String.class);
  }

  // With a prefix, since Camel warns of options that are empty.
  private final Expression encodedNote = new ExpressionAdapter() {
    @Override
    public Object evaluate(Exchange exchange) {
      String note = exchange.getIn().getHeader("note", "", String.class);
      return "b64." + Base64.getUrlEncoder().withoutPadding().encodeToString(note.getBytes(UTF_8));
    }
  };

  private static String note(Exchange exchange) {
    String encoded = exchange.getIn().getHeader("note", String.class);
    return new String(Base64.getUrlDecoder().decode(encoded.substring("b64.".length())), UTF_8);
  }

  // A line for whatever was done: LRA, word, details. It is durable before it is answered.
  static class Table {
    private final Path file;
    private final Set<String> words = new HashSet<>();

    Table(Path file) throws IOException {
      this.file = file;
      if (!Files.exists(file)) return;
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.split("\t", 3);
        words.add(parts[0] + "\t" + parts[1]);
      }
    }

    synchronized boolean addUnless(String undone, String lra, String word, String details) throws IOException {
      if (words.contains(lra + "\t" + undone)) return false;
      add(lra, word, details);
      return true;
    }

    synchronized void add(String lra, String word, String details) throws IOException {
      Files.writeString(file, lra + "\t" + word + "\t" + details + "\n", CREATE, APPEND, SYNC);
      words.add(lra + "\t" + word);
    }
  }

  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    Main main = new Main();
    main.addInitialProperty("camel.lra.enabled", "true");
    main.addInitialProperty("camel.lra.coordinator-url", arguments[1]);
    main.addInitialProperty("camel.lra.local-participant-url", "http://127.0.0.1:" + port);
    main.configure().addRoutesBuilder(new Shop(port, new Table(Path.of(arguments[2]))));
    main.run();
  }
}
