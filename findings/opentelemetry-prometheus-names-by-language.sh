#!/usr/bin/env bash
# The same instruments of OpenTelemetry, shown to Prometheus by the exporters of three languages, seen on 2026-11-30
# with Python 3.11, Node.js 20 and Java 17: opentelemetry-exporter-prometheus 0.66b2 (PyPI),
# @opentelemetry/exporter-prometheus 0.223.0 (npm), io.opentelemetry:opentelemetry-exporter-prometheus 1.50.0-alpha
# (Maven Central). One query for all services of a company finds a part of them:
# - a duration in "ms" is saga_duration_milliseconds by Python and Java, and saga_duration by JavaScript;
# - a gauge of unit "1" is stock, and stock_ratio by Java; a counter of unit "1" is order_retries_total, and
#   order_retries_ratio_total by Java;
# - a counter order.created is order_created_total, and order_total by Java; an up-down counter active.total is
#   active_total, and active by Java.
# - Two counters "orders" and "orders.total": Python and JavaScript write the family orders_total twice, with the same
#   labels. By Java the whole scrape is answered 500, with DuplicateLabelsException: all metrics of the process are gone.
# What to do: no unit "1", no names that end in .total, .created or .info, seconds for durations, and a test of names.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in io.opentelemetry:opentelemetry-exporter-prometheus:1.50.0-alpha org.slf4j:slf4j-nop:2.0.16; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
npm install --silent --no-audit --no-fund @opentelemetry/exporter-prometheus@0.223.0 @opentelemetry/sdk-metrics@2.12.1 \
  @opentelemetry/api@1.9.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check opentelemetry-exporter-prometheus==0.66b2 \
  opentelemetry-sdk==1.45.2 prometheus-client==0.26.0
cat >names.py <<'END'
import sys
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import generate_latest

meter = MeterProvider(metric_readers=[PrometheusMetricReader()]).get_meter("shop")
if sys.argv[1] == "two":
    meter.create_counter("orders").add(1)
    meter.create_counter("orders.total").add(2)
else:
    meter.create_histogram("saga.duration", unit="ms").record(5)
    meter.create_gauge("stock", unit="1").set(5)
    meter.create_counter("order.retries", unit="1").add(5)
    meter.create_counter("order.created").add(5)
    meter.create_up_down_counter("active.total").add(5)
print(generate_latest().decode())
END
cat >names.js <<'END'
const { MeterProvider } = require('@opentelemetry/sdk-metrics');
const { PrometheusExporter, PrometheusSerializer } = require('@opentelemetry/exporter-prometheus');
const exporter = new PrometheusExporter({ preventServerStart: true });
const meter = new MeterProvider({ readers: [exporter] }).getMeter('shop');
if (process.argv[2] === 'two') {
  meter.createCounter('orders').add(1);
  meter.createCounter('orders.total').add(2);
} else {
  meter.createHistogram('saga.duration', { unit: 'ms' }).record(5);
  meter.createGauge('stock', { unit: '1' }).record(5);
  meter.createCounter('order.retries', { unit: '1' }).add(5);
  meter.createCounter('order.created').add(5);
  meter.createUpDownCounter('active.total').add(5);
}
exporter.collect().then(({ resourceMetrics }) => console.log(new PrometheusSerializer().serialize(resourceMetrics)));
END
cat >Names.java <<'END'
import io.opentelemetry.exporter.prometheus.PrometheusHttpServer;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Names {
  public static void main(String[] arguments) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var reader = PrometheusHttpServer.builder().setHost("127.0.0.1").setPort(port).build();
    var meter = SdkMeterProvider.builder().registerMetricReader(reader).build().get("shop");
    if (arguments[0].equals("two")) {
      meter.counterBuilder("orders").build().add(1);
      meter.counterBuilder("orders.total").build().add(2);
    } else {
      meter.histogramBuilder("saga.duration").setUnit("ms").build().record(5);
      meter.gaugeBuilder("stock").setUnit("1").build().set(5);
      meter.counterBuilder("order.retries").setUnit("1").build().add(5);
      meter.counterBuilder("order.created").build().add(5);
      meter.upDownCounterBuilder("active.total").build().add(5);
    }
    var scrape = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    var answer = HttpClient.newHttpClient().send(scrape, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      System.out.println("# TYPE " + answer.statusCode() + " "
          + answer.body().lines().findFirst().orElse("").replaceAll(".*: .*[.](\\w+Exception): .*", "$1"));
    }
    System.out.println(answer.body());
    System.exit(0);
  }
}
END
javac -cp 'jars/*' Names.java
{
  for what in one two; do
    for language in python javascript java; do
      case $language in
        python) python/bin/python names.py $what ;;
        javascript) node names.js $what ;;
        java) java -cp 'jars/*:.' Names $what 2>log ;;
      esac >text
      echo "$language: $(sed -nE 's/^# TYPE ((saga|stock|order|active|500).*)/\1/p' text | LC_ALL=C sort | paste -sd,)"
    done
  done
} | tee seen
diff seen - <<'END'
python: active_total gauge,order_created_total counter,order_retries_total counter,saga_duration_milliseconds histogram,stock gauge
javascript: active_total gauge,order_created_total counter,order_retries_total counter,saga_duration histogram,stock gauge
java: active gauge,order_retries_ratio_total counter,order_total counter,saga_duration_milliseconds histogram,stock_ratio gauge
python: orders_total counter,orders_total counter
javascript: orders_total counter,orders_total counter
java: 500 DuplicateLabelsException
END
echo "as described"
