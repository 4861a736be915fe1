#!/usr/bin/env bash
# librdkafka 2.0.2 (the one of Debian 12, here by PyPI's confluent-kafka 2.0.2) with Kafka 4.1.0 (Maven Central), seen on
# 2026-11-29 with Java 17 and Python 3.11: logging in by SCRAM-SHA-256 with the right password is refused, and the
# reason given is "invalid credentials". Its second message has the client's nonce twice
# (confluentinc/librdkafka#4895, fixed in 2.6.1); Kafka 3.9.1 lets that pass, Kafka 4 compares. With librdkafka 2.6.1
# the same user and password are accepted by both.
# What to do on Debian 12: PLAIN over TLS, or a client certificate; or a newer librdkafka. A program that says "wrong
# password" sends its user looking in the wrong place.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
broker=
trap '[[ -z $broker ]] || kill "$broker"; wait; rm -rf "$folder"' EXIT
cd "$folder"
for version in 2.0.2 2.6.1; do
  python3 -m venv "client-$version" >/dev/null
  "client-$version/bin/pip" install --quiet --disable-pip-version-check "confluent-kafka==$version"
done
cat >login.py <<'END'
import sys
from confluent_kafka import libversion
from confluent_kafka.admin import AdminClient

reasons = []
client = AdminClient({"bootstrap.servers": sys.argv[1], "security.protocol": "SASL_PLAINTEXT",
                      "sasl.mechanism": "SCRAM-SHA-256", "sasl.username": "shop", "sasl.password": "right",
                      "error_cb": lambda error: reasons.append(error.str())})
try:
    client.list_topics(timeout=15)
    outcome = "logged in"
except Exception:
    client.poll(0)  # calls error_cb
    refused = any("invalid credentials" in reason for reason in reasons)
    outcome = "refused: invalid credentials" if refused else f"failed: {reasons}"
print(f"librdkafka {libversion()[0]} with Kafka {sys.argv[2]}: {outcome}")
END
run_broker() {  # VERSION
  mkdir "kafka-$1"
  cat >"kafka-$1/pom.xml" <<END
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$1</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
</dependencies></project>
END
  mvn -B -q -f "kafka-$1/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder/kafka-$1/jars" >"kafka-$1/maven.log"
  read -r port inner controller < <(python3 -c 'import socket
all = [socket.socket() for _ in range(3)]
for one in all: one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in all))')
  cat >"kafka-$1/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=CLIENT://127.0.0.1:$port,INNER://127.0.0.1:$inner,CONTROLLER://127.0.0.1:$controller
advertised.listeners=CLIENT://127.0.0.1:$port,INNER://127.0.0.1:$inner
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=INNER
listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-256
listener.name.client.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs=$folder/kafka-$1/data
END
  local classes="kafka-$1/jars/*"
  java -cp "$classes" kafka.tools.StorageTool format -t "$(java -cp "$classes" kafka.tools.StorageTool random-uuid)" \
    -c "kafka-$1/server.properties" --add-scram 'SCRAM-SHA-256=[name=shop,password=right]' >"kafka-$1/format.log"
  java -Xmx384m -cp "$classes" kafka.Kafka "kafka-$1/server.properties" >"kafka-$1/broker.log" 2>&1 &
  broker=$!
  until (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.2; done
}
for kafka in 3.9.1 4.1.0; do
  run_broker "$kafka"
  for version in 2.0.2 2.6.1; do
    "client-$version/bin/python" login.py "127.0.0.1:$port" "$kafka" 2>/dev/null >>seen
  done
  kill "$broker"
  wait "$broker" || true
  broker=
done
cat seen
diff seen - <<'END'
librdkafka 2.0.2 with Kafka 3.9.1: logged in
librdkafka 2.6.1 with Kafka 3.9.1: logged in
librdkafka 2.0.2 with Kafka 4.1.0: refused: invalid credentials
librdkafka 2.6.1 with Kafka 4.1.0: logged in
END
echo "as described"
