import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;

// A line for whatever was done: LRA, word, nights. It is durable before it is answered.
@ApplicationScoped
public class Table {
  record Line(String lra, String word, int nights) {}

  private final Path file;
  private final List<Line> lines = new ArrayList<>();

  Table(@ConfigProperty(name = "table") String file) throws IOException {
    this.file = Path.of(file);
    if (!Files.exists(this.file)) return;
    for (String line : Files.readAllLines(this.file)) {
      String[] parts = line.split("\t");
      lines.add(new Line(parts[0], parts[1], Integer.parseInt(parts[2])));
    }
  }

  synchronized boolean addUnless(String other, URI lra, String word, int nights) {
    if (lines.stream().anyMatch(line -> line.lra().equals(lra.toString()) && line.word().equals(other))) return false;
    add(lra, word, nights);
    return true;
  }

  synchronized void add(URI lra, String word, int nights) {
    try {
      Files.writeString(file, lra + "\t" + word + "\t" + nights + "\n", CREATE, APPEND, SYNC);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    lines.add(new Line(lra.toString(), word, nights));
  }

  // Of the LRA's booking; 0 without one.
  synchronized int nights(URI lra) {
    return lines.stream().filter(line -> line.lra().equals(lra.toString()) && line.word().equals("booked"))
        .mapToInt(Line::nights).findFirst().orElse(0);
  }
}
