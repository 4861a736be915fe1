#!/usr/bin/env bash
# kafkajs 2.2.4 (npm) with Kafka 4.1.0 (Maven Central), seen on 2026-11-29 with Node.js 20 and Java 17: a consumer group of
# kafkajs never reaches the end of a partition whose last records were written in a transaction. The marker that ends
# the transaction takes an offset of its own; kafkajs commits the offset behind the last message that it was given,
# which is the marker's, and stays there: the group's lag is 1 on each such partition for as long as nothing is written
# after it, although everything was consumed. Kafka's own consumer for Java commits the offset behind the marker: lag 0.
# What to do: an alert or an autoscaler over the lag of such groups needs a threshold above the number of partitions.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
broker=
trap '[[ -z $broker ]] || kill "$broker"; wait; rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.1.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
npm install --silent --no-audit --no-fund kafkajs@2.2.4 >npm.log
read -r port controller < <(python3 -c 'import socket
both = [socket.socket() for _ in range(2)]
for one in both: one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in both))')
cat >server.properties <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$folder/data
group.initial.rebalance.delay.ms=0
END
for setting in offsets.topic transaction.state.log share.coordinator.state.topic; do
  echo "$setting.replication.factor=1" >>server.properties
done
echo 'transaction.state.log.min.isr=1' >>server.properties
id=$(java -cp 'jars/*' kafka.tools.StorageTool random-uuid)
java -cp 'jars/*' kafka.tools.StorageTool format -t "$id" -c server.properties >format.log
java -Xmx384m -cp 'jars/*' kafka.Kafka server.properties >broker.log 2>&1 &
broker=$!
until (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.2; done
cat >lag.js <<'END'
const { Kafka, logLevel } = require('kafkajs');
const kafka = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.NOTHING });
(async () => {
  const admin = kafka.admin();
  await admin.connect();
  if (process.argv[3] === 'consume') {
    await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 1 }] });
    const producer = kafka.producer({ transactionalId: 'orders', maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'orders', messages: [{ value: '1' }, { value: '2' }] });
    await transaction.commit();
    const consumer = kafka.consumer({ groupId: 'kafkajs' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'orders', fromBeginning: true });
    let consumed = 0;
    await consumer.run({ eachMessage: async () => { consumed += 1; } });
    await new Promise((resolve) => setTimeout(resolve, 15000)); // three fetches of at most 5 s
    await consumer.disconnect();
    console.log(`kafkajs consumed ${consumed}`);
  }
  const [end] = await admin.fetchTopicOffsets('orders');
  for (const groupId of process.argv.slice(4)) {
    const [{ partitions: [committed] }] = await admin.fetchOffsets({ groupId, topics: ['orders'] });
    console.log(`${groupId}: committed ${committed.offset} of ${end.high}, lag ${end.high - committed.offset}`);
  }
  process.exit(0);
})();
END
cat >Consume.java <<'END'
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;

public class Consume {
  public static void main(String[] arguments) {
    String text = "org.apache.kafka.common.serialization.StringDeserializer";
    try (var consumer = new KafkaConsumer<String, String>(Map.of("bootstrap.servers", arguments[0], "group.id", "java",
             "auto.offset.reset", "earliest", "key.deserializer", text, "value.deserializer", text))) {
      consumer.subscribe(List.of("orders"));
      int consumed = 0;
      while (consumed < 2 || consumer.currentLag(consumer.assignment().iterator().next()).orElse(1) > 0)
        consumed += consumer.poll(Duration.ofMillis(500)).count();
      consumer.commitSync();
      System.out.println("java consumed " + consumed);
    }
  }
}
END
javac -cp 'jars/*' Consume.java
{
  node lag.js "127.0.0.1:$port" consume kafkajs
  java -cp 'jars/*:.' Consume "127.0.0.1:$port"
  node lag.js "127.0.0.1:$port" show kafkajs java
} | tee seen
diff seen - <<'END'
kafkajs consumed 2
kafkajs: committed 2 of 3, lag 1
java consumed 2
kafkajs: committed 2 of 3, lag 1
java: committed 3 of 3, lag 0
END
echo "as described"
