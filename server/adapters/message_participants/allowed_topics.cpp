#include "server/adapters/message_participants/allowed_topics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"

namespace sagactl {
namespace {

constexpr std::size_t entry_length_max = 249;

bool is_part_of_topic(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

// What this program and Kafka themselves write and read.
bool is_reserved(const std::string& topic) {
  if (topic.starts_with("__") || topic.ends_with(".answers") || topic.ends_with(".dead-letter")) return true;
  KafkaUse all;
  all.asks_for_payments = all.carries_out_payments = true;
  for (const Service service : {Service::order, Service::payment, Service::inventory, Service::orchestrator}) {
    all.service = service;
    const std::vector<std::string> topics = topics_of(all, {});
    if (std::find(topics.begin(), topics.end(), topic) != topics.end()) return true;
  }
  return false;
}

}  // namespace

Result<AllowedTopics> AllowedTopics::parse(std::span<const std::string> entries) {
  AllowedTopics out;
  for (const std::string& each : entries) {
    const std::string entry(trim(each));
    const bool is_beginning = entry.ends_with('*');
    const std::string name = is_beginning ? entry.substr(0, entry.size() - 1) : entry;
    if (name.empty() || name.size() > entry_length_max || !is_part_of_topic(name))
      return Error{
          ErrorCode::invalid,
          fmt::format("'{}' is no name of a topic; write one like mail-commands, or travel.* for all that begin "
                      "with `travel.`",
                      entry)};
    (is_beginning ? out.beginnings_ : out.names_).push_back(name);
  }
  out.text_ = join(entries, ", ");
  return out;
}

Result<void> AllowedTopics::allow(const std::string& participant, const std::string& topic) const {
  const auto no = [&](const std::string& why) {
    return Error{ErrorCode::invalid, fmt::format("this node may not ask the participant '{}' in the topic {}: {}",
                                                 participant, topic, why)};
  };
  if (is_reserved(topic)) return no("that is one of its own or of Kafka's");
  const bool is_listed =
      std::find(names_.begin(), names_.end(), topic) != names_.end() ||
      std::any_of(beginnings_.begin(), beginnings_.end(), [&](const auto& it) { return topic.starts_with(it); });
  if (is_listed) return {};
  return no(is_empty() ? fmt::format("start it with --participants-topics {}", topic)
                       : fmt::format("it may use {} (--participants-topics)", text_));
}

}  // namespace sagactl
