// The topics of a consumer that reads every partition, whoever else has its group's name. Topics are added while it
// runs, and partitions that are added to a topic are found. Used by the consumer's thread, but for ask().
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/adapters/kafka/client/driver.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"
#include "server/adapters/kafka/client/producer.hpp"

namespace sagactl::kafka {

class WholeTopics {
 public:
  using Done = std::function<void(Result<void>)>;

  // `producer` creates missing topics. `stopping` ends the wait for a new topic. All outlive this.
  WholeTopics(const KafkaOptions& kafka, rd_kafka_t* handle, Producer& producer, const std::atomic<bool>& stopping)
      : kafka_(kafka), handle_(handle), producer_(producer), stopping_(stopping) {}

  // As Consumer::add. Any thread.
  void ask(std::string topic, std::vector<std::string> beside, Done done);

  // Adds the topics that were asked for, and from time to time the new partitions of all. With `is_paused`, what is
  // added is paused as well. True: a topic was added.
  bool add_new(bool is_paused);

  // Answers those that wait with `unavailable`, when the consumer's thread has ended.
  void refuse_all();

 private:
  struct Addition {
    std::string topic;
    std::vector<std::string> beside;
    Done done;
  };

  Result<void> add_topic(const Addition& addition, bool is_paused);
  Result<void> read_whole(const std::string& topic, OffsetSpec without_offset, Duration timeout, bool is_paused);
  void add_new_partitions(bool is_paused);

  const KafkaOptions& kafka_;
  rd_kafka_t* const handle_;
  Producer& producer_;
  const std::atomic<bool>& stopping_;
  std::mutex mutex_;
  std::deque<Addition> asked_;
  std::set<PartitionId> partitions_;  // those that are read
  std::set<std::string> topics_;
  std::chrono::steady_clock::time_point next_partition_check_;
};

}  // namespace sagactl::kafka
