#include "server/adapters/kafka/kafka_browser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>

#include "server/adapters/kafka/client/dead_letter.hpp"
#include "server/adapters/kafka/client/driver.hpp"

namespace sagactl {
namespace kafka {
namespace {

constexpr Duration browse_timeout = 4s;
constexpr int browse_poll_ms = 100;
constexpr std::size_t topics_max = 500, groups_max = 200, letters_max = 10'000;

struct DestroyGroupOffsets {
  void operator()(rd_kafka_ListConsumerGroupOffsets_t* request) const {
    rd_kafka_ListConsumerGroupOffsets_destroy(request);
  }
};

// What is left to be read of a partition.
struct Window {
  std::int64_t next = 0, end = 0;
};
using Windows = std::map<PartitionId, Window>;

bool is_internal(std::string_view topic) {
  return topic.starts_with("__");
}

BrowsedMessage browsed(Incoming message) {
  return {message.partition,          message.offset,          message.at, std::move(message.key),
          std::move(message.headers), std::move(message.value)};
}

std::size_t size_of(const BrowsedMessage& message) {
  std::size_t size = message.key.size() + (message.value ? message.value->size() : 0);
  for (const auto& [name, value] : message.headers) size += name.size() + value.size();
  return size;
}

BrowsedLetter browsed(const DeadLetter& letter) {
  return {letter.id(),   letter.topic, letter.partition,   letter.offset,
          letter.reason, letter.at,    letter.message.key, letter.message.value};
}

class KafkaBrowser : public MessageBrowser {
 public:
  explicit KafkaBrowser(KafkaOptions options) : options_(std::move(options)) {}

  Result<std::vector<BrowsedTopic>> topics() override {
    if (const auto opened = open(); !opened) return opened.error();
    const rd_kafka_metadata_t* found = nullptr;
    const auto code = rd_kafka_metadata(handle_.get(), 1, nullptr, &found, milliseconds(browse_timeout));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, options_, "cannot list the topics");
    const NativeMetadata metadata(found);
    std::vector<BrowsedTopic> topics;
    std::vector<PartitionId> partitions;
    for (int i = 0; i < metadata->topic_cnt && topics.size() < topics_max; ++i) {
      const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
      const std::string_view name = topic.topic;
      if (is_internal(name) || !name.starts_with(options_.topic_prefix)) continue;
      topics.push_back({std::string(name), {}});
      for (int p = 0; p < topic.partition_cnt; ++p) partitions.push_back({topic.topic, topic.partitions[p].id});
    }
    if (const auto ends = add_offsets(topics, partitions); !ends) return ends.error();
    std::sort(topics.begin(), topics.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return topics;
  }

  Result<std::vector<BrowsedGroup>> groups() override {
    if (const auto opened = open(); !opened) return opened.error();
    const auto listed = ask(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, "cannot list the groups",
                            [&](const rd_kafka_AdminOptions_t* admin, rd_kafka_queue_t* queue) {
                              rd_kafka_ListConsumerGroups(handle_.get(), admin, queue);
                            });
    if (!listed) return listed.error();
    std::size_t count = 0;
    const rd_kafka_ConsumerGroupListing_t** all =
        rd_kafka_ListConsumerGroups_result_valid(rd_kafka_event_ListConsumerGroups_result(listed->get()), &count);
    std::vector<BrowsedGroup> groups;
    for (std::size_t i = 0; i < count && groups.size() < groups_max; ++i) {
      BrowsedGroup group;
      group.name = rd_kafka_ConsumerGroupListing_group_id(all[i]);
      group.state = rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupListing_state(all[i]));
      if (const auto added = add_places(group); !added) return added.error();
      groups.push_back(std::move(group));
    }
    std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return groups;
  }

  Result<std::vector<BrowsedMessage>> messages(const BrowseRequest& request) override {
    if (const auto opened = open(); !opened) return opened.error();
    auto windows = windows_of(request);
    if (!windows) return windows.error();
    auto found = read(std::move(*windows), request);
    (void)rd_kafka_assign(handle_.get(), nullptr);
    if (!found) return found;
    std::stable_sort(found->begin(), found->end(), [](const BrowsedMessage& a, const BrowsedMessage& b) {
      return a.partition == b.partition ? a.offset > b.offset : a.at > b.at;
    });
    std::size_t bytes = 0, taken = 0;
    while (taken < std::min(found->size(), request.messages_max)) {
      bytes += size_of((*found)[taken]);
      if (taken > 0 && bytes > request.bytes_max) break;
      ++taken;
    }
    found->resize(taken);
    return found;
  }

  Result<std::vector<BrowsedLetter>> dead_letters(const std::string& topic, std::size_t limit) override {
    const auto letters = list_dead_letters(options_, topic, limit, browse_timeout);
    if (!letters) return letters.error();
    std::vector<BrowsedLetter> list;
    for (const DeadLetter& letter : *letters) list.push_back(browsed(letter));
    return list;
  }

  Result<std::vector<LetterResult>> redeliver(const std::string& topic, const std::vector<std::string>& ids) override {
    return resolve_letters(topic, ids, kafka::redeliver);
  }
  Result<std::vector<LetterResult>> discard(const std::string& topic, const std::vector<std::string>& ids) override {
    return resolve_letters(topic, ids, kafka::discard);
  }

 private:
  Result<void> open() {
    if (handle_) return {};
    auto handle =
        make_reader(options_, "browser", {{"enable.partition.eof", "true"}, {"queued.max.messages.kbytes", "8192"}});
    if (!handle) return handle.error();
    handle_ = std::move(handle).value();
    return {};
  }

  using Start = std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;

  Result<NativeEvent> ask(rd_kafka_admin_op_t operation, const std::string& what, const Start& start) {
    char reason[512];
    const NativeAdminOptions admin(rd_kafka_AdminOptions_new(handle_.get(), operation));
    rd_kafka_AdminOptions_set_request_timeout(admin.get(), milliseconds(browse_timeout), reason, sizeof reason);
    const NativeQueue queue(rd_kafka_queue_new(handle_.get()));
    start(admin.get(), queue.get());
    NativeEvent event(rd_kafka_queue_poll(queue.get(), milliseconds(browse_timeout) + 1000));
    if (!event) return error_of(RD_KAFKA_RESP_ERR__TIMED_OUT, options_, what);
    if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return error_of(code, options_, what);
    return event;
  }

  Result<void> add_offsets(std::vector<BrowsedTopic>& topics, const std::vector<PartitionId>& partitions) {
    if (partitions.empty()) return {};
    const auto begins = list_offsets(handle_.get(), options_, partitions, OffsetSpec::earliest, browse_timeout);
    if (!begins) return begins.error();
    const auto ends = list_offsets(handle_.get(), options_, partitions, OffsetSpec::latest, browse_timeout);
    if (!ends) return ends.error();
    std::map<std::string_view, BrowsedTopic*> by_name;
    for (BrowsedTopic& topic : topics) by_name[topic.name] = &topic;
    for (std::size_t i = 0; i < partitions.size(); ++i)
      by_name.at(partitions[i].topic)->partitions.push_back({partitions[i].partition, (*begins)[i], (*ends)[i]});
    return {};
  }

  Result<void> add_places(BrowsedGroup& group) {
    const std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t, DestroyGroupOffsets> request(
        rd_kafka_ListConsumerGroupOffsets_new(group.name.c_str(), nullptr));
    rd_kafka_ListConsumerGroupOffsets_t* requests[] = {request.get()};
    const auto answered =
        ask(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, "cannot read the offsets of group " + group.name,
            [&](const rd_kafka_AdminOptions_t* admin, rd_kafka_queue_t* queue) {
              rd_kafka_ListConsumerGroupOffsets(handle_.get(), requests, 1, admin, queue);
            });
    if (!answered) return answered.error();
    std::size_t count = 0;
    const rd_kafka_group_result_t** results = rd_kafka_ListConsumerGroupOffsets_result_groups(
        rd_kafka_event_ListConsumerGroupOffsets_result(answered->get()), &count);
    const rd_kafka_topic_partition_list_t* list = count > 0 ? rd_kafka_group_result_partitions(results[0]) : nullptr;
    std::vector<PartitionId> partitions;
    for (int i = 0; list && i < list->cnt; ++i) {
      const rd_kafka_topic_partition_t& place = list->elems[i];
      if (place.offset < 0 || place.err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      partitions.push_back({place.topic, place.partition});
      group.places.push_back({place.topic, place.partition, place.offset, 0});
    }
    if (partitions.empty()) return {};
    const auto ends = list_offsets(handle_.get(), options_, partitions, OffsetSpec::latest, browse_timeout);
    for (std::size_t i = 0; i < group.places.size(); ++i)  // of a topic that was deleted there is no end
      group.places[i].end = ends ? (*ends)[i] : group.places[i].committed;
    return {};
  }

  // Of each partition the last messages before its end, or before the offset that was asked for.
  Result<Windows> windows_of(const BrowseRequest& request) {
    auto partitions = partitions_of(handle_.get(), options_, {request.topic}, browse_timeout);
    if (!partitions) return partitions.error();
    if (request.partition)
      std::erase_if(*partitions, [&](const PartitionId& id) { return id.partition != *request.partition; });
    if (partitions->empty())
      return Error{ErrorCode::not_found,
                   fmt::format("topic {} has no partition {}", request.topic, *request.partition)};
    const auto begins = list_offsets(handle_.get(), options_, *partitions, OffsetSpec::earliest, browse_timeout);
    if (!begins) return begins.error();
    const auto ends = list_offsets(handle_.get(), options_, *partitions, OffsetSpec::latest, browse_timeout);
    if (!ends) return ends.error();
    Windows windows;
    for (std::size_t i = 0; i < partitions->size(); ++i) {
      const std::int64_t end = request.before ? std::min((*ends)[i], *request.before) : (*ends)[i];
      const std::int64_t begin = std::max((*begins)[i], end - static_cast<std::int64_t>(request.messages_max));
      if (begin < end) windows[(*partitions)[i]] = {begin, end};
    }
    return windows;
  }

  Result<std::vector<BrowsedMessage>> read(Windows windows, const BrowseRequest& request) {
    std::vector<BrowsedMessage> found;
    const NativePartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(windows.size())));
    for (const auto& [id, window] : windows)
      rd_kafka_topic_partition_list_add(list.get(), id.topic.c_str(), id.partition)->offset = window.next;
    if (windows.empty()) return found;
    const auto code = rd_kafka_assign(handle_.get(), list.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, options_, "cannot read topic " + request.topic);
    const auto deadline = std::chrono::steady_clock::now() + browse_timeout;
    const auto is_read = [](const auto& each) { return each.second.next >= each.second.end; };
    while (!std::all_of(windows.begin(), windows.end(), is_read)) {
      if (std::chrono::steady_clock::now() > deadline)
        return error_of(RD_KAFKA_RESP_ERR__TIMED_OUT, options_, "cannot read topic " + request.topic);
      const NativeMessage native(rd_kafka_consumer_poll(handle_.get(), browse_poll_ms));
      if (!native || !native->rkt) continue;
      const auto window = windows.find({rd_kafka_topic_name(native->rkt), native->partition});
      if (window == windows.end()) continue;  // of an earlier assignment
      if (native->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) window->second.next = window->second.end;
      if (native->err != RD_KAFKA_RESP_ERR_NO_ERROR || native->offset < window->second.next) continue;
      window->second.next = native->offset + 1;
      if (native->offset < window->second.end) found.push_back(browsed(incoming(*native)));
    }
    return found;
  }

  Result<std::vector<LetterResult>> resolve_letters(const std::string& topic, const std::vector<std::string>& ids,
                                                    decltype(&kafka::redeliver) action) {
    auto letters = list_dead_letters(options_, topic, letters_max, browse_timeout);
    if (!letters) return letters.error();
    for (const std::string& id : ids)
      if (std::none_of(letters->begin(), letters->end(), [&](const DeadLetter& each) { return each.id() == id; }))
        return Error{ErrorCode::not_found, fmt::format("no dead letter of {} has the id {}", topic, id)};
    if (!ids.empty())
      std::erase_if(*letters,
                    [&](const DeadLetter& each) { return std::find(ids.begin(), ids.end(), each.id()) == ids.end(); });
    std::vector<LetterResult> results;
    const auto done =
        action(options_, *letters, browse_timeout, [&](const DeadLetter& letter, const Result<void>& sent) {
          results.push_back({letter.id(), sent ? std::nullopt : std::optional(sent.error())});
        });
    if (!done && results.empty()) return done.error();
    return results;
  }

  const KafkaOptions options_;
  NativeHandle handle_;
};

}  // namespace
}  // namespace kafka

std::unique_ptr<MessageBrowser> make_kafka_browser(KafkaOptions options) {
  return std::make_unique<kafka::KafkaBrowser>(std::move(options));
}

}  // namespace sagactl
