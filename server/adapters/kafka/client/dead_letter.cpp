#include "server/adapters/kafka/client/dead_letter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <set>

#include "common/id.hpp"
#include "server/adapters/kafka/client/connection_trouble.hpp"
#include "server/adapters/kafka/client/driver.hpp"
#include "server/adapters/kafka/client/producer.hpp"

namespace sagactl::kafka {
namespace {

constexpr const char* reason_header = "dead-letter-reason";
constexpr const char* topic_header = "dead-letter-topic";
constexpr const char* partition_header = "dead-letter-partition";
constexpr const char* offset_header = "dead-letter-offset";
constexpr const char* time_header = "dead-letter-time";
constexpr const char* redelivered_header = "redelivered";  // of a marker: the id of the letter
constexpr const char* discarded_header = "discarded";      // the same, of one that was discarded
constexpr const char* size_header = "dead-letter-size";    // of a value that is cut
constexpr std::string_view own_headers = "dead-letter-";
constexpr std::size_t kept_value_max = 512 * 1024;
constexpr std::size_t cut_value = 16 * 1024;
constexpr int dead_letter_poll_ms = 200;

// What remains to be read of one partition: up to its end when reading started.
struct PartitionRange {
  std::int64_t next = 0, end = 0;
};
using PartitionRanges = std::map<PartitionId, PartitionRange>;

Result<PartitionRanges> ranges_of(rd_kafka_t* handle, const KafkaOptions& options, const std::string& topic,
                                  Duration timeout) {
  const auto partitions = partitions_of(handle, options, {topic}, timeout);
  if (!partitions) return partitions.error();
  const auto from = list_offsets(handle, options, *partitions, OffsetSpec::earliest, timeout);
  if (!from) return from.error();
  const auto to = list_offsets(handle, options, *partitions, OffsetSpec::latest, timeout);
  if (!to) return to.error();
  PartitionRanges ranges;
  for (std::size_t i = 0; i < partitions->size(); ++i)
    if ((*from)[i] < (*to)[i]) ranges[(*partitions)[i]] = {(*from)[i], (*to)[i]};
  return ranges;
}

// There is no dead-letter topic: no consumer of the topic has run yet, or the topic's name is wrong.
Result<std::vector<DeadLetter>> none_of(rd_kafka_t* handle, const KafkaOptions& options, const std::string& topic,
                                        Duration timeout) {
  const auto partitions = partitions_of(handle, options, {topic}, timeout);
  if (partitions) return std::vector<DeadLetter>{};
  Error error = partitions.error();
  if (error.code == ErrorCode::not_found)
    error.message += ", and so no dead letters of it; the first consumer of a topic creates both";
  return error;
}

bool all_read(const PartitionRanges& ranges) {
  return std::all_of(ranges.begin(), ranges.end(),
                     [](const auto& range) { return range.second.next >= range.second.end; });
}

DeadLetter letter_of(Incoming message) {
  DeadLetter letter;
  letter.reason = message.header(reason_header);
  letter.topic = message.header(topic_header);
  letter.partition = message.header(partition_header);
  letter.offset = message.header(offset_header);
  letter.at = message.header(time_header);
  letter.message = std::move(message);
  return letter;
}

Result<NativeHandle> reader(const KafkaOptions& options) {
  auto conf = make_conf(options,
                        {{"group.id", options.client_id + "-dead-letter-" + new_uuid().text()},
                         {"enable.auto.commit", "false"},
                         {"enable.auto.offset.store", "false"},
                         {"allow.auto.create.topics", "false"},
                         {"enable.partition.eof", "true"}},
                        nullptr);
  if (!conf) return conf.error();
  auto handle = make_handle(RD_KAFKA_CONSUMER, std::move(conf).value());
  if (handle) rd_kafka_poll_set_consumer(handle->get());
  return handle;
}

Result<void> send_and_wait(Producer& producer, const Outgoing& message) {
  auto sent = std::make_shared<std::promise<Result<void>>>();
  auto result = sent->get_future();
  producer.send({&message, 1}, [sent](Result<void> done) { sent->set_value(std::move(done)); });
  return result.get();
}

// The id of the letter that the message marks; empty: it is no marker.
std::string_view marked_id(const Incoming& message) {
  const std::string_view redelivered = message.header(redelivered_header);
  return redelivered.empty() ? message.header(discarded_header) : redelivered;
}

Outgoing original_of(const DeadLetter& letter) {
  Outgoing message{letter.topic, letter.message.key, letter.message.value, {}};
  for (const auto& header : letter.message.headers)
    if (!header.first.starts_with(own_headers)) message.headers.push_back(header);
  return message;
}

using Each = std::function<void(const DeadLetter&, const Result<void>&)>;

// Does `action` with each and then marks it.
Result<void> resolve(const KafkaOptions& options, const std::vector<DeadLetter>& letters, Duration timeout,
                     const char* marker_header, const std::function<Result<void>(Producer&, const DeadLetter&)>& action,
                     const Each& each) {
  ProducerOptions producing;
  producing.kafka = options;
  producing.delivery_time = timeout;
  producing.linger = 0ms;
  const auto producer = Producer::open(std::move(producing));
  if (!producer) return producer.error();
  for (const DeadLetter& letter : letters) {
    auto sent = action(**producer, letter);
    if (sent) {
      const Headers marker = {{marker_header, letter.id()}};
      sent = send_and_wait(**producer, Outgoing{letter.message.topic, letter.message.key, std::nullopt, marker});
    }
    each(letter, sent);
    if (!sent && sent.error().code == ErrorCode::unavailable) return sent;
  }
  return {};
}

}  // namespace

std::string dead_letter_topic(const std::string& topic) {
  return topic + ".dead-letter";
}

Outgoing to_dead_letter(const Incoming& message, const std::string& reason, Timestamp now) {
  Outgoing letter{dead_letter_topic(message.topic), message.key, message.value, message.headers};
  letter.headers.emplace_back(reason_header, reason);
  letter.headers.emplace_back(topic_header, message.topic);
  letter.headers.emplace_back(partition_header, std::to_string(message.partition));
  letter.headers.emplace_back(offset_header, std::to_string(message.offset));
  letter.headers.emplace_back(time_header, iso8601_ms(now));
  if (letter.value && letter.value->size() > kept_value_max) {
    letter.headers.emplace_back(size_header, std::to_string(letter.value->size()));
    letter.value->resize(cut_value);
  }
  return letter;
}

std::string DeadLetter::id() const {
  return fmt::format("{}:{}", message.partition, message.offset);
}

Result<std::vector<DeadLetter>> list_dead_letters(const KafkaOptions& options, const std::string& topic,
                                                  std::size_t limit, Duration timeout) {
  const auto admin = open_admin(options);
  if (!admin) return admin.error();
  const auto reached =
      await_brokers((*admin)->handle.get(), options, (*admin)->trouble, timeout, "cannot list the topics");
  if (!reached) return reached.error();
  const auto handle = reader(options);
  if (!handle) return handle.error();
  auto ranges = ranges_of(handle->get(), options, dead_letter_topic(topic), timeout);
  if (!ranges && ranges.error().code == ErrorCode::not_found) return none_of(handle->get(), options, topic, timeout);
  if (!ranges) return ranges.error();
  const NativePartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(ranges->size())));
  for (const auto& [id, range] : *ranges)
    rd_kafka_topic_partition_list_add(list.get(), id.topic.c_str(), id.partition)->offset = range.next;
  const auto code = rd_kafka_assign(handle->get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, options, "cannot read the dead letters");

  std::map<std::pair<std::int32_t, std::int64_t>, DeadLetter> letters;
  std::set<std::string> marked;
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!all_read(*ranges)) {
    if (std::chrono::steady_clock::now() > deadline)
      return error_of(RD_KAFKA_RESP_ERR__TIMED_OUT, options, "cannot read all dead letters");
    const NativeMessage native(rd_kafka_consumer_poll(handle->get(), dead_letter_poll_ms));
    if (!native || !native->rkt) continue;
    PartitionRange& range = (*ranges)[{rd_kafka_topic_name(native->rkt), native->partition}];
    if (native->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) range.next = range.end;
    if (native->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    range.next = native->offset + 1;
    Incoming message = incoming(*native);
    const std::pair position(message.partition, message.offset);
    if (const std::string_view mark = marked_id(message); !mark.empty())
      marked.emplace(mark);
    else
      letters.emplace(position, letter_of(std::move(message)));
  }
  std::vector<DeadLetter> waiting;
  for (auto& [where, letter] : letters)
    if (waiting.size() < limit && !marked.contains(letter.id())) waiting.push_back(std::move(letter));
  return waiting;
}

Result<void> redeliver(const KafkaOptions& options, const std::vector<DeadLetter>& letters, Duration timeout,
                       const Each& each) {
  const auto send_again = [](Producer& producer, const DeadLetter& letter) -> Result<void> {
    if (!letter.message.header(size_header).empty())
      return Error{ErrorCode::invalid, "only the beginning of this message was kept: it cannot be delivered again"};
    return send_and_wait(producer, original_of(letter));
  };
  return resolve(options, letters, timeout, redelivered_header, send_again, each);
}

Result<void> discard(const KafkaOptions& options, const std::vector<DeadLetter>& letters, Duration timeout,
                     const Each& each) {
  const auto nothing = [](Producer&, const DeadLetter&) { return Result<void>{}; };
  return resolve(options, letters, timeout, discarded_header, nothing, each);
}

}  // namespace sagactl::kafka
