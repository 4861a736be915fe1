// `add_partitions BROKERS TOPIC COUNT`: adds three partitions to a topic, up to COUNT.
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <iostream>

#include "server/adapters/kafka/client/driver.hpp"
#include "tests/kafka/add_partitions.hpp"

int main(int argc, char** argv) {
  using namespace sagactl;
  if (argc != 4) {
    std::cerr << "usage: add_partitions BROKERS TOPIC COUNT\n";
    return 4;
  }
  KafkaOptions options;
  options.brokers = argv[1];
  const std::string topic = argv[2];
  const auto most = static_cast<std::size_t>(std::stoul(argv[3]));
  auto conf = kafka::make_conf(options, {}, nullptr);
  const auto handle = kafka::make_handle(RD_KAFKA_PRODUCER, std::move(conf).value()).value();
  const auto there = kafka::partitions_of(handle.get(), options, {topic}, 5s);
  if (there && there->size() >= most) return 0;
  const auto added = there ? kafka::add_partitions(options, topic, std::min(there->size() + 3, most)) : there.error();
  if (!added) std::cerr << "add_partitions: " << added.error().message << '\n';
  return added ? 0 : 1;
}
