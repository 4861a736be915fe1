// A look at Kafka: topics, groups, messages and dead letters. Without Kafka there is none.
#include <fmt/format.h>

#include <algorithm>

#include "common/log.hpp"
#include "common/text/text.hpp"
#include "server/api/cluster/handlers.hpp"
#include "server/api/query.hpp"
#include "server/api/render.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t messages_shown_max = 100;
constexpr std::size_t value_shown_max = std::size_t{16} * 1024;
constexpr std::size_t letters_shown_max = 1'000;
constexpr std::size_t topic_name_max = 249;  // Kafka's own limit

Error no_kafka() {
  return Error{ErrorCode::not_found, "this node has no Kafka: start it with --kafka host:port",
               Json{{"code", "NO_KAFKA"}}};
}

// Runs `look` with the browser, on its thread.
template <class Look>
awaitable<std::invoke_result_t<Look&, MessageBrowser&>> browse(Context& context, Look look) {
  if (!context.browser) co_return no_kafka();
  auto work = [&browser = context.browser->browser, inner = std::move(look)] { return inner(browser); };
  co_return co_await context.browser->thread.run(std::move(work));
}

Json topic_json(const BrowsedTopic& topic) {
  Json partitions = Json::array();
  std::int64_t messages = 0;
  for (const BrowsedTopic::Partition& each : topic.partitions) {
    partitions.push_back(Json{{"partition", each.partition}, {"begin", each.begin}, {"end", each.end}});
    messages += each.end - each.begin;
  }
  return Json{{"name", topic.name}, {"partitions", std::move(partitions)}, {"messages", messages}};
}

Json group_json(const BrowsedGroup& group) {
  Json places = Json::array();
  std::int64_t lag = 0;
  for (const BrowsedGroup::Place& each : group.places) {
    const std::int64_t behind = std::max<std::int64_t>(0, each.end - each.committed);
    places.push_back(Json{{"topic", each.topic},
                          {"partition", each.partition},
                          {"committed", each.committed},
                          {"end", each.end},
                          {"lag", behind}});
    lag += behind;
  }
  return Json{{"group", group.name}, {"state", group.state}, {"topics", std::move(places)}, {"lag", lag}};
}

// The text, cut at the beginning of a character; null when it is no text.
Json shown_text(const std::string& text, std::size_t max) {
  if (!is_utf8(text)) return nullptr;
  std::size_t length = std::min(text.size(), max);
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  return text.substr(0, length);
}

Json message_json(const BrowsedMessage& message) {
  Json headers = Json::object();
  for (const auto& [name, value] : message.headers)
    if (is_utf8(name)) headers[name] = shown_text(value, value_shown_max);
  const bool is_text = message.value && is_utf8(*message.value);
  return Json{{"partition", message.partition},
              {"offset", message.offset},
              {"at", iso8601_ms(message.at)},
              {"key", shown_text(message.key, value_shown_max)},
              {"headers", std::move(headers)},
              {"value", message.value ? shown_text(*message.value, value_shown_max) : Json(nullptr)},
              {"bytes", message.value ? message.value->size() : 0},
              {"isText", is_text},
              {"isCut", is_text && message.value->size() > value_shown_max}};
}

Json letter_json(const BrowsedLetter& letter) {
  return Json{{"id", letter.id},
              {"topic", letter.topic},
              {"partition", letter.partition},
              {"offset", letter.offset},
              {"reason", shown_text(letter.reason, value_shown_max)},
              {"at", letter.at},
              {"key", shown_text(letter.key, value_shown_max)},
              {"value", letter.value ? shown_text(*letter.value, value_shown_max) : Json(nullptr)}};
}

struct LetterSelection {
  std::string topic;
  std::vector<std::string> ids;  // empty: all
};

Result<LetterSelection> read_letter_selection(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  LetterSelection selection;
  selection.topic = body.text("topic", {.max = topic_name_max, .not_empty = true});
  const bool all = body.optional_boolean("all", false);
  if (body.has("ids")) selection.ids = body.texts("ids", {.min = 1, .max = letters_shown_max}, {.max = 64});
  if (all == !selection.ids.empty()) body.fault("ids or all must be given, and not both");
  if (const auto valid = body.finish(); !valid) return valid.error();
  return selection;
}

using Resolve = Result<std::vector<LetterResult>> (MessageBrowser::*)(const std::string&,
                                                                      const std::vector<std::string>&);

awaitable<Answer> resolve_dead_letters(Context& context, Request& request, Resolve resolve, std::string_view what) {
  const auto selection = read_letter_selection(request);
  if (!selection) co_return selection.error();
  auto look = [selection = *selection, resolve](MessageBrowser& browser) {
    return (browser.*resolve)(selection.topic, selection.ids);
  };
  const Result<std::vector<LetterResult>> done = co_await browse(context, std::move(look));
  if (!done) co_return done.error();
  Json results = Json::array();
  std::size_t count = 0;
  for (const LetterResult& each : *done) {
    count += !each.error;
    results.push_back(
        Json{{"id", each.id}, {"ok", !each.error}, {"error", each.error ? Json(each.error->message) : Json(nullptr)}});
  }
  log_info(what, {{"topic", selection->topic}, {"count", std::to_string(count)}, {"by", request.caller->email}});
  const Json body{{"topic", selection->topic}, {"results", std::move(results)}};
  co_return http::json_response(200, body);
}

}  // namespace

awaitable<Answer> list_topics(Context& context, Request&) {
  auto look = [](MessageBrowser& browser) { return browser.topics(); };
  const Result<std::vector<BrowsedTopic>> found = co_await browse(context, look);
  if (!found) co_return found.error();
  Json topics = Json::array();
  for (const BrowsedTopic& topic : *found) topics.push_back(topic_json(topic));
  const Json body{{"topics", std::move(topics)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> list_groups(Context& context, Request&) {
  auto look = [](MessageBrowser& browser) { return browser.groups(); };
  const Result<std::vector<BrowsedGroup>> found = co_await browse(context, look);
  if (!found) co_return found.error();
  Json groups = Json::array();
  for (const BrowsedGroup& group : *found) groups.push_back(group_json(group));
  const Json body{{"groups", std::move(groups)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> list_messages(Context& context, Request& request) {
  const auto topic = text_parameter(request, "topic");
  if (!topic) co_return topic.error();
  QueryReader query(request);
  BrowseRequest asked;
  asked.topic = *topic;
  if (query.has("partition")) asked.partition = static_cast<std::int32_t>(query.integer("partition", 0, 0, 1'000'000));
  if (query.has("before")) asked.before = query.integer("before", 0, 0, std::numeric_limits<std::int64_t>::max() - 1);
  if (asked.before && !asked.partition) query.fault("before needs partition: it is an offset there");
  asked.messages_max = static_cast<std::size_t>(query.integer("limit", 50, 1, messages_shown_max));
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto look = [asked](MessageBrowser& browser) { return browser.messages(asked); };
  const Result<std::vector<BrowsedMessage>> found = co_await browse(context, std::move(look));
  if (!found) co_return found.error();
  Json messages = Json::array();
  for (const BrowsedMessage& message : *found) messages.push_back(message_json(message));
  const Json body{{"topic", *topic}, {"messages", std::move(messages)}};
  co_return http::json_response(200, body);
}

// Of one topic; or, without one, the topics that have a topic of dead letters.
awaitable<Answer> list_dead_letters(Context& context, Request& request) {
  QueryReader query(request);
  const std::string topic = query.text("topic");
  if (topic.empty()) query.fault("topic must be given: whose dead letters to list");
  if (const auto valid = query.finish(); !valid) co_return valid.error();
  auto look = [topic](MessageBrowser& browser) { return browser.dead_letters(topic, letters_shown_max); };
  const Result<std::vector<BrowsedLetter>> found = co_await browse(context, std::move(look));
  if (!found) co_return found.error();
  Json letters = Json::array();
  for (const BrowsedLetter& letter : *found) letters.push_back(letter_json(letter));
  const std::size_t count = letters.size();
  const Json body{{"topic", topic}, {"count", count}, {"deadLetters", std::move(letters)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> redeliver_dead_letters(Context& context, Request& request) {
  return resolve_dead_letters(context, request, &MessageBrowser::redeliver, "dead letters were delivered again");
}

awaitable<Answer> discard_dead_letters(Context& context, Request& request) {
  return resolve_dead_letters(context, request, &MessageBrowser::discard, "dead letters were discarded");
}

}  // namespace sagactl::api
