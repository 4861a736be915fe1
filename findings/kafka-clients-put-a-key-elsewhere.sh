#!/usr/bin/env bash
# To which of four partitions the keys order-1 to order-8 go, by Kafka's producers as they are without options, seen on
# 2026-11-30 with Java 17, Node.js 20, Python 3.11 and Go. Kafka keeps an order of events within a partition only.
# - kafka-clients 4.1.2 (Maven Central), kafkajs 2.2.4 (npm), aiokafka 0.14.0 (PyPI) and franz-go v1.22.3 (Go module)
#   agree: murmur2.
# - librdkafka, here by confluent-kafka 2.16.1 (PyPI), takes CRC-32; kafkajs before 2.0, now its LegacyPartitioner, a
#   murmur2 of its own; sarama v1.61.1 (Go module) FNV-1a, and so does kafka-go v0.4.51's Hash.
# - kafka-go's own default looks at no key: it gives out partitions in turn, and the events of one order are scattered.
# So when a service is rewritten in another language, "paid" may be read before "placed" of the same order; and a
# join of two topics in Kafka Streams finds no partner, without an error, where their writers differ.
# What to do: murmur2 everywhere: "partitioner": "murmur2_random" with librdkafka, NewMurmur2Partitioner of sarama,
# Murmur2Balancer of kafka-go.
# Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
{
  echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
  echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies><dependency>'
  echo '<groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId><version>4.1.2</version>'
  echo '</dependency></dependencies></project>'
} >pom.xml
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
npm install --silent --no-audit --no-fund kafkajs@2.2.4 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check confluent-kafka==2.16.1 aiokafka==0.14.0
mkdir go-client
cat >go-client/go.mod <<'END'
module finding

go 1.24
END
# Each program prints the partitions, of four, of the keys order-1 to order-8.
cat >go-client/main.go <<'END'
package main

import (
	"fmt"
	"os"

	"github.com/IBM/sarama"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	sender := sarama.NewConfig().Producer.Partitioner("orders")
	writer := kafka.NewWriter(kafka.WriterConfig{Brokers: []string{"127.0.0.1:1"}, Topic: "orders"})
	balancer := map[string]kafka.Balancer{"default": writer.Balancer, "hash": &kafka.Hash{}}[os.Args[1]]
	franz := kgo.StickyKeyPartitioner(nil).ForTopic("orders") // the default hashes keys by the same function
	for i := 1; i <= 8; i++ {
		key := fmt.Sprint("order-", i)
		switch os.Args[1] {
		case "sarama":
			partition, err := sender.Partition(&sarama.ProducerMessage{Key: sarama.StringEncoder(key)}, 4)
			if err != nil {
				panic(err)
			}
			fmt.Println(partition)
		case "franz-go":
			fmt.Println(franz.Partition(&kgo.Record{Key: []byte(key)}, 4))
		default:
			fmt.Println(balancer.Balance(kafka.Message{Key: []byte(key)}, 0, 1, 2, 3))
		}
	}
}
END
(
  cd go-client
  export GOPATH=$folder/go
  go get github.com/IBM/sarama@v1.61.1 github.com/segmentio/kafka-go@v0.4.51 github.com/twmb/franz-go/pkg/kgo@v1.22.3 \
    2>go.log
  go build -o client . 2>>go.log
)
cat >partitions.py <<'END'
import sys
from aiokafka.partitioner import DefaultPartitioner
from confluent_kafka import Producer

keys = [f"order-{number}" for number in range(1, 9)]
if sys.argv[1] == "aiokafka":
    partitions = range(4)
    for key in keys:
        print(DefaultPartitioner()(key.encode(), list(partitions), list(partitions)))
else:
    # librdkafka's own stand-in for a broker has topics of four partitions.
    sent = {}
    producer = Producer({"bootstrap.servers": "127.0.0.1:1", "test.mock.num.brokers": 1, "log_level": 3})
    for key in keys:
        producer.produce("orders", b"", key, on_delivery=lambda _, message: sent.update(
            {message.key().decode(): message.partition()}))
    producer.flush()
    for key in keys:
        print(sent[key])
END
cat >partitions.js <<'END'
const { Partitioners } = require('kafkajs');
const partition = Partitioners[process.argv[2]]();
const partitionMetadata = [0, 1, 2, 3].map((partitionId) => ({ partitionId, leader: 1 }));
for (let number = 1; number <= 8; number++)
  console.log(partition({ topic: 'orders', partitionMetadata, message: { key: `order-${number}` } }));
END
cat >Partitions.java <<'END'
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

public class Partitions {
  public static void main(String[] arguments) {
    for (int number = 1; number <= 8; number++)
      System.out.println(BuiltInPartitioner.partitionForKey(("order-" + number).getBytes(), 4));
  }
}
END
of() {
  local name=$1
  shift
  "$@" >partitions
  echo "$name: $(paste -sd' ' partitions)"
}
{
  of kafka-clients java -cp 'jars/*' Partitions.java
  of kafkajs node partitions.js DefaultPartitioner
  of aiokafka python/bin/python partitions.py aiokafka
  of franz-go go-client/client franz-go
  of 'kafkajs, LegacyPartitioner' node partitions.js LegacyPartitioner
  of confluent-kafka python/bin/python partitions.py confluent
  of sarama go-client/client sarama
  of 'kafka-go, Hash' go-client/client hash
  of kafka-go go-client/client default
} | tee seen
diff seen - <<'END'
kafka-clients: 2 3 3 2 2 1 1 1
kafkajs: 2 3 3 2 2 1 1 1
aiokafka: 2 3 3 2 2 1 1 1
franz-go: 2 3 3 2 2 1 1 1
kafkajs, LegacyPartitioner: 3 0 3 3 2 2 3 2
confluent-kafka: 3 1 3 0 2 0 2 3
sarama: 1 0 3 2 1 0 3 2
kafka-go, Hash: 1 0 3 2 1 0 3 2
kafka-go: 0 1 2 3 0 1 2 3
END
echo "as described"
