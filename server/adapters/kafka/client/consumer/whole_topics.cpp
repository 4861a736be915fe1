#include "server/adapters/kafka/client/consumer/whole_topics.hpp"

#include <fmt/format.h>

#include <thread>

#include "common/log.hpp"
#include "server/adapters/kafka/client/dead_letter.hpp"

namespace sagactl::kafka {
namespace {

constexpr Duration topic_timeout = 3s;  // for each question about a topic that is added
constexpr Duration partitions_timeout = 500ms;
constexpr auto partitions_interval = std::chrono::seconds(5);
constexpr auto new_topic_interval = std::chrono::milliseconds(50);
constexpr auto new_topic_patience = std::chrono::seconds(8);

Error unavailable(const Error& error) {
  return Error{ErrorCode::unavailable, error.message};
}

}  // namespace

void WholeTopics::ask(std::string topic, std::vector<std::string> beside, Done done) {
  const std::lock_guard lock(mutex_);
  asked_.push_back({std::move(topic), std::move(beside), std::move(done)});
}

bool WholeTopics::add_new(bool is_paused) {
  std::deque<Addition> asked;
  {
    const std::lock_guard lock(mutex_);
    asked.swap(asked_);
  }
  const std::size_t before = topics_.size();
  for (const Addition& addition : asked) addition.done(add_topic(addition, is_paused));
  if (std::chrono::steady_clock::now() >= next_partition_check_) add_new_partitions(is_paused);
  return topics_.size() > before;
}

void WholeTopics::refuse_all() {
  for (const Addition& addition : asked_) addition.done(Error{ErrorCode::unavailable, "this node is stopping"});
}

Result<void> WholeTopics::add_topic(const Addition& addition, bool is_paused) {
  std::vector<std::string> topics = addition.beside;
  topics.push_back(addition.topic);
  topics.push_back(dead_letter_topic(addition.topic));
  if (auto ensured = producer_.ensure(topics, topic_timeout); !ensured) return ensured;
  if (topics_.contains(addition.topic)) return {};
  // The brokers agree on a new topic, and on who leads its partitions, a little later.
  const auto until = std::chrono::steady_clock::now() + new_topic_patience;
  Result<void> reading = read_whole(addition.topic, OffsetSpec::latest, topic_timeout, is_paused);
  while (!reading && std::chrono::steady_clock::now() < until && !stopping_) {
    std::this_thread::sleep_for(new_topic_interval);
    reading = read_whole(addition.topic, OffsetSpec::latest, topic_timeout, is_paused);
  }
  if (reading) topics_.insert(addition.topic);
  return reading;
}

// Reads the partitions of the topic that are not read yet: from the group's offset, or where it has none from that end.
Result<void> WholeTopics::read_whole(const std::string& topic, OffsetSpec without_offset, Duration timeout,
                                     bool is_paused) {
  auto partitions = partitions_of(handle_, kafka_, {topic}, timeout);
  if (!partitions) return unavailable(partitions.error());
  std::erase_if(*partitions, [this](const PartitionId& it) { return partitions_.contains(it); });
  if (partitions->empty()) return {};
  const auto ends = list_offsets(handle_, kafka_, *partitions, without_offset, timeout);
  if (!ends) return unavailable(ends.error());
  const NativePartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions->size())));
  for (const PartitionId& id : *partitions)
    rd_kafka_topic_partition_list_add(list.get(), id.topic.c_str(), id.partition);
  const auto code = rd_kafka_committed(handle_, list.get(), milliseconds(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return unavailable(error_of(code, kafka_, "cannot look up how far " + topic + " was read"));
  for (std::size_t i = 0; i < partitions->size(); ++i) {
    std::int64_t& offset = list->elems[i].offset;
    if (offset < 0) offset = (*ends)[i];
  }
  // After a crash, reading starts here again and leaves out nothing. Reading works without this commit as well.
  (void)rd_kafka_commit(handle_, list.get(), 1);
  if (rd_kafka_error_t* error = rd_kafka_incremental_assign(handle_, list.get())) {
    const Error failed{ErrorCode::unavailable, fmt::format("cannot read {}: {}", topic, rd_kafka_error_string(error))};
    rd_kafka_error_destroy(error);
    return failed;
  }
  partitions_.insert(partitions->begin(), partitions->end());
  if (is_paused) rd_kafka_pause_partitions(handle_, list.get());
  return {};
}

void WholeTopics::add_new_partitions(bool is_paused) {
  for (const std::string& topic : topics_)
    if (const auto read = read_whole(topic, OffsetSpec::earliest, partitions_timeout, is_paused); !read)
      log_debug("looking for added partitions failed", {{"topic", topic}, {"error", read.error().message}});
  next_partition_check_ = std::chrono::steady_clock::now() + partitions_interval;
}

}  // namespace sagactl::kafka
