#!/usr/bin/env bash
# micrometer-registry-prometheus 1.15.4 (Maven Central, with prometheus-metrics 1.3.10), seen on 2026-11-30 with Java
# 17: names that end like a suffix of OpenMetrics lose that end, and names of events do.
# - A counter "order.created" is exported as order_total. "order.cancelled" beside it is order_cancelled_total, so that
#   a dashboard finds all events of an order but the first.
# - "order" and "order.created" then have one name. Only the one that was registered last is exported, the other is
#   dropped without a word: not in the log, not to onMeterRegistrationFailed, not in the scrape. The same holds for
#   "order.info", "order.bucket" and "order.total". Only when their tags differ does it log a refusal, once.
# - A gauge "goods.total" is exported as goods; "stock.info" keeps its name, and its value 7 becomes 1.
# - A timer "order.created" keeps its name, since _seconds follows it.
# What to do: name the act, order.creations, or put the kind into a tag, order.events{event="created"}.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in io.micrometer:micrometer-registry-prometheus:1.15.4 org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
cat >Names.java <<'END'
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.Consumer;

public class Names {
  static void show(String what, Consumer<PrometheusMeterRegistry> register) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().onMeterRegistrationFailed((id, why) -> System.out.println("refused " + id.getName()));
    register.accept(registry);
    System.out.println(what + ":");
    registry.scrape().lines().filter(line -> !line.startsWith("#")).sorted()
        .forEach(line -> System.out.println("  " + line));
  }

  static void count(PrometheusMeterRegistry registry, String name, double count) {
    Counter.builder(name).register(registry).increment(count);
  }

  static void gauge(PrometheusMeterRegistry registry, String name, double value) {
    Gauge.builder(name, () -> value).strongReference(true).register(registry);
  }

  public static void main(String[] arguments) {
    show("counters order.created 1, order.cancelled 2", registry -> {
      count(registry, "order.created", 1);
      count(registry, "order.cancelled", 2);
    });
    for (String other : new String[] {"order.created", "order.info", "order.bucket", "order.total"}) {
      show("counters order 1, " + other + " 2", registry -> {
        count(registry, "order", 1);
        count(registry, other, 2);
      });
    }
    show("counters order.created 2, order 1", registry -> {
      count(registry, "order.created", 2);
      count(registry, "order", 1);
    });
    show("counters order.created 2 with a tag, order 1", registry -> {
      Counter.builder("order.created").tag("shop", "a").register(registry).increment(2);
      count(registry, "order", 1);
    });
    show("gauges stock.info 7, goods.total 8, build.info 7", registry -> {
      gauge(registry, "stock.info", 7);
      gauge(registry, "goods.total", 8);
      gauge(registry, "build.info", 7);
    });
    show("timer order.created",
        registry -> Timer.builder("order.created").register(registry).record(Duration.ofMillis(5)));
  }
}
END
javac -cp 'jars/*' Names.java
java -cp 'jars/*:.' Names 2>log | tee seen
diff seen - <<'END'
counters order.created 1, order.cancelled 2:
  order_cancelled_total 2.0
  order_total 1.0
counters order 1, order.created 2:
  order_total 2.0
counters order 1, order.info 2:
  order_total 2.0
counters order 1, order.bucket 2:
  order_total 2.0
counters order 1, order.total 2:
  order_total 2.0
counters order.created 2, order 1:
  order_total 1.0
refused order
counters order.created 2 with a tag, order 1:
  order_total{shop="a"} 2.0
gauges stock.info 7, goods.total 8, build.info 7:
  build_info 1
  goods 8.0
  stock_info 1
timer order.created:
  order_created_seconds_count 1
  order_created_seconds_max 0.005
  order_created_seconds_sum 0.005
END
grep -c 'registration has failed' log | diff - <(echo 1)
echo "as described"
