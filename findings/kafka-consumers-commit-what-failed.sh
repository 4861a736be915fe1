#!/usr/bin/env bash
# Ten orders in one partition of Kafka 4.1.2, and a program that raises at the third, closes its consumer and ends:
# where its group begins again, by eight clients without options, seen on 2026-11-30 with Java 17, Python 3.11, Node.js
# 20 and Go.
# - kafka-clients 4.1.2 (Maven Central): after the tenth. close(), also that of try-with-resources, commits all that
#   poll() has handed out, up to 500 records: order 3 and the seven after it are never carried out. Its documents ask
#   to consume everything before closing; a for loop that raises does not.
# - confluent-kafka 2.16.1, kafka-python 3.0.12, aiokafka 0.14.0 (PyPI), and kafka-go v0.4.51's ReadMessage (Go module):
#   after the third, the one that failed: what was handed out counts as done.
# - spring-kafka 4.0.0 (Maven Central): tries order 3 ten times at once, within milliseconds, logs it, and goes on.
# - kafkajs 2.2.4 (npm) begins with the third again, franz-go v1.22.3 (Go module) with the first: nothing is lost.
# What to do: enable.auto.commit=false, and commit what was carried out, order by order or batch by batch.
# With Spring a DeadLetterPublishingRecoverer and a back-off that outlasts an outage.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
broker=
trap '[[ -z $broker ]] || kill "$broker"; wait; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
  for artifact in org.apache.kafka:kafka_2.13:4.1.2 org.springframework.kafka:spring-kafka:4.0.0 \
    org.slf4j:slf4j-nop:1.7.36; do
    IFS=: read -r group name version <<<"$artifact"
    echo "<dependency><groupId>$group</groupId><artifactId>$name</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
npm install --silent --no-audit --no-fund kafkajs@2.2.4 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check confluent-kafka==2.16.1 kafka-python==3.0.12 aiokafka==0.14.0
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
# Every program takes the orders of its group from the topic and raises at the third. The first argument is the broker.
cat >go-client/main.go <<'END'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
)

func handle(value []byte) error {
	if string(value) == "3" {
		return fmt.Errorf("order 3")
	}
	return nil
}

func segmentio() error {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{os.Args[1]}, GroupID: "kafka-go", Topic: "orders"})
	defer reader.Close()
	for {
		message, err := reader.ReadMessage(context.Background())
		if err == nil {
			err = handle(message.Value)
		}
		if err != nil {
			return err
		}
	}
}

func franz() error {
	client, err := kgo.NewClient(kgo.SeedBrokers(os.Args[1]), kgo.ConsumerGroup("franz-go"), kgo.ConsumeTopics("orders"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return err
	}
	defer client.Close()
	for {
		fetches := client.PollFetches(context.Background())
		for all := fetches.RecordIter(); !all.Done(); {
			if err := handle(all.Next().Value); err != nil {
				return err
			}
		}
	}
}

func main() {
	consume := segmentio
	if os.Args[2] == "franz-go" {
		consume = franz
	}
	fmt.Fprintln(os.Stderr, consume())
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/segmentio/kafka-go@v0.4.51 github.com/twmb/franz-go/pkg/kgo@v1.22.3 2>go.log
  go build -o client . 2>>go.log
)
cat >consume.py <<'END'
import asyncio, sys
import aiokafka, confluent_kafka, kafka

broker, group = sys.argv[1:]

def handle(value):
    if value == b"3":
        raise RuntimeError("order 3")

def with_confluent():
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": broker, "group.id": group, "auto.offset.reset": "earliest"})
    consumer.subscribe(["orders"])
    try:
        while True:
            message = consumer.poll(1)
            if message and not message.error():
                handle(message.value())
    finally:
        consumer.close()

def with_kafka_python():
    consumer = kafka.KafkaConsumer("orders", bootstrap_servers=broker, group_id=group, auto_offset_reset="earliest")
    try:
        for message in consumer:
            handle(message.value)
    finally:
        consumer.close()

async def with_aiokafka():
    async with aiokafka.AIOKafkaConsumer("orders", bootstrap_servers=broker, group_id=group,
                                         auto_offset_reset="earliest") as consumer:
        async for message in consumer:
            handle(message.value)

if group == "confluent-kafka":
    with_confluent()
elif group == "kafka-python":
    with_kafka_python()
else:
    asyncio.run(with_aiokafka())
END
cat >consume.js <<'END'
const { Kafka, logLevel } = require('kafkajs');
const consumer = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.NOTHING }).consumer({ groupId: 'kafkajs' });
let tries = 0;
(async () => {
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (String(message.value) !== '3') return;
      if (++tries === 3) setImmediate(async () => {
        await consumer.disconnect();
        process.exit(1);
      });
      throw new Error('order 3');
    },
  });
})();
END
cat >Consume.java <<'END'
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;

public class Consume {
  static final String TEXT = "org.apache.kafka.common.serialization.String";

  static void place(Map<String, Object> at) throws Exception {
    try (var admin = Admin.create(at)) {
      admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get();
    }
    at.putAll(Map.of("key.serializer", TEXT + "Serializer", "value.serializer", TEXT + "Serializer"));
    try (var producer = new KafkaProducer<String, String>(at)) {
      for (int order = 1; order <= 10; order++) producer.send(new ProducerRecord<>("orders", "" + order)).get();
    }
  }

  static Map<String, Object> group(Map<String, Object> at, String name) {
    at.putAll(Map.of("group.id", name, "auto.offset.reset", "earliest", "key.deserializer", TEXT + "Deserializer",
        "value.deserializer", TEXT + "Deserializer"));
    return at;
  }

  static void handle(String order) {
    if (order.equals("3")) throw new IllegalStateException("order 3");
  }

  static void plain(Map<String, Object> at) {
    try (var consumer = new KafkaConsumer<String, String>(group(at, "java"))) {
      consumer.subscribe(List.of("orders"));
      while (true) consumer.poll(Duration.ofSeconds(1)).forEach(record -> handle(record.value()));
    }
  }

  static void spring(Map<String, Object> at) throws Exception {
    var last = new CountDownLatch(1);
    var properties = new ContainerProperties("orders");
    properties.setMessageListener((MessageListener<String, String>) record -> {
      handle(record.value());
      if (record.value().equals("10")) last.countDown();
    });
    var container = new KafkaMessageListenerContainer<String, String>(
        new DefaultKafkaConsumerFactory<>(group(at, "spring-kafka")), properties);
    container.start();
    last.await();
    container.stop();
  }

  static void show(Map<String, Object> at, String group) throws Exception {
    try (var admin = Admin.create(at)) {
      var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
          .get(new TopicPartition("orders", 0));
      System.out.println(group + ": begins again after order " + (committed == null ? 0 : committed.offset()));
    }
  }

  public static void main(String[] arguments) throws Exception {
    var at = new HashMap<String, Object>(Map.of("bootstrap.servers", arguments[0]));
    switch (arguments[1]) {
      case "place" -> place(at);
      case "java" -> plain(at);
      case "spring-kafka" -> spring(at);
      default -> {
        for (int i = 2; i < arguments.length; i++) show(at, arguments[i]);
      }
    }
    System.exit(0);
  }
}
END
javac -cp 'jars/*' Consume.java
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
offsets.topic.num.partitions=1
END
for setting in offsets.topic transaction.state.log share.coordinator.state.topic; do
  echo "$setting.replication.factor=1" >>server.properties
done
id=$(java -cp 'jars/*' kafka.tools.StorageTool random-uuid)
java -cp 'jars/*' kafka.tools.StorageTool format -t "$id" -c server.properties >format.log
java -Xmx384m -cp 'jars/*' kafka.Kafka server.properties >broker.log 2>&1 &
broker=$!
until (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.2; done
at=127.0.0.1:$port
java -cp 'jars/*:.' Consume "$at" place >place.log
for group in java spring-kafka; do
  java -cp 'jars/*:.' Consume "$at" $group >>consume.log 2>&1 || true
done
for group in confluent-kafka kafka-python aiokafka; do
  python/bin/python consume.py "$at" $group >>consume.log 2>&1 || true
done
node consume.js "$at" >>consume.log 2>&1 || true
for group in kafka-go franz-go; do
  go-client/client "$at" $group >>consume.log 2>&1 || true
done
java -cp 'jars/*:.' Consume "$at" show java spring-kafka confluent-kafka kafka-python aiokafka kafka-go franz-go \
  kafkajs 2>show.log | tee seen
diff seen - <<'END'
java: begins again after order 10
spring-kafka: begins again after order 10
confluent-kafka: begins again after order 3
kafka-python: begins again after order 3
aiokafka: begins again after order 3
kafka-go: begins again after order 3
franz-go: begins again after order 0
kafkajs: begins again after order 2
END
echo "as described"
