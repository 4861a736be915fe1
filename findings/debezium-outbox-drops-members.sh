#!/usr/bin/env bash
# io.debezium:debezium-core 3.3.1.Final with Kafka Connect 4.1.0 (Maven Central), seen on 2026-11-29 with Java 17: the
# outbox event router with table.expand.json.payload=true. Its documents say that it expands a payload of JSON, and
# leaves one "as is" that it cannot parse. Valid JSON that was written to the outbox is published otherwise:
# - members that are null, and those that are an empty list, are left out: "lines": [] does not arrive;
# - a list of whole numbers and fractions, [12, 2.5], makes the whole message a text with JSON in it, where the one
#   before was an object;
# - a list of objects with such members, as the lines of an order are, one of 12 and one of 2.50, becomes a record whose
#   schema says struct and whose value is a text. The converter refuses it with DataException, and the connector stops.
#   The same holds for a payload that is a list, and for a number beyond 64 bits.
# What to do: leave the option off, as is the default, and publish the text; or write amounts as texts or cents.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in io.debezium:debezium-core:3.3.1.Final org.apache.kafka:connect-api:4.1.0 \
    org.apache.kafka:connect-json:4.1.0 org.apache.kafka:connect-transforms:4.1.0 org.slf4j:slf4j-nop:1.7.36; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >Outbox.java <<'END'
import io.debezium.data.Envelope;
import io.debezium.transforms.outbox.EventRouter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;

public class Outbox {
  static final Schema row = SchemaBuilder.struct().field("id", Schema.STRING_SCHEMA)
      .field("aggregatetype", Schema.STRING_SCHEMA).field("aggregateid", Schema.STRING_SCHEMA)
      .field("type", Schema.STRING_SCHEMA)
      .field("payload", SchemaBuilder.string().name("io.debezium.data.Json").build()).build();
  static final Envelope envelope = Envelope.defineSchema().withName("outbox.Envelope").withRecord(row)
      .withSource(SchemaBuilder.struct().build()).build();

  static String published(String payload) {
    EventRouter<SourceRecord> router = new EventRouter<>();
    router.configure(Map.of("table.expand.json.payload", "true"));
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "false"), false);
    Struct event = new Struct(row).put("id", "1").put("aggregatetype", "order").put("aggregateid", "17")
        .put("type", "OrderPlaced").put("payload", payload);
    Struct change = envelope.create(event, null, Instant.ofEpochSecond(1764432000));
    SourceRecord record = router.apply(
        new SourceRecord(Map.of(), Map.of(), "shop.outbox", null, null, envelope.schema(), change));
    try {
      byte[] value = converter.fromConnectData(record.topic(), record.valueSchema(), record.value());
      return new String(value, StandardCharsets.UTF_8);
    } catch (DataException error) {
      return "DataException: " + error.getMessage();
    }
  }

  public static void main(String[] payloads) {
    for (String payload : payloads) System.out.println(payload + " -> " + published(payload));
  }
}
END
javac -cp 'jars/*' Outbox.java
java -cp 'jars/*:.' Outbox '{"order":17,"note":null,"lines":[]}' '{"amounts":[12,7]}' '{"amounts":[12,2.50]}' \
  '{"lines":[{"amount":12},{"amount":2.50}]}' '[17,18]' '{"order":12345678901234567890}' | tee seen
diff seen - <<'END'
{"order":17,"note":null,"lines":[]} -> {"order":17}
{"amounts":[12,7]} -> {"amounts":[12,7]}
{"amounts":[12,2.50]} -> "{\"amounts\":[12,2.50]}"
{"lines":[{"amount":12},{"amount":2.50}]} -> DataException: Invalid type for STRUCT: class java.lang.String
[17,18] -> DataException: Invalid type for ARRAY: class java.lang.String
{"order":12345678901234567890} -> DataException: Invalid type for STRUCT: class java.lang.String
END
echo "as described"
