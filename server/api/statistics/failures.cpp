#include "server/api/statistics/failures.hpp"

#include <algorithm>
#include <cctype>

#include "common/id.hpp"
#include "common/text/percent.hpp"
#include "server/api/render.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t id_length_min = 8;  // of hexadecimal digits with a number among them

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

// How much of `text` at its beginning, which is that of a word, is an id: a UUID, or many hexadecimal digits; 0: none.
std::size_t id_length(std::string_view text) {
  constexpr std::size_t uuid_length = 36;
  if (text.size() >= uuid_length && Uuid::parse(text.substr(0, uuid_length))) return uuid_length;
  const auto end = std::find_if_not(text.begin(), text.end(), is_word);
  const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  const bool is_id =
      word.size() >= id_length_min && std::any_of(word.begin(), word.end(), is_digit) &&
      std::all_of(word.begin(), word.end(), [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
  return is_id ? word.size() : 0;
}

// The length of the number at the beginning of `text`, with points and commas within it; 0: there is none.
std::size_t number_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() &&
         (is_digit(text[length]) || (length > 0 && length + 1 < text.size() && is_digit(text[length + 1]) &&
                                     (text[length] == '.' || text[length] == ','))))
    ++length;
  return length;
}

std::string filter_of(const std::string& definition, const std::string& step, const std::string& error,
                      SagaStatus status) {
  std::string filter = "status=";
  filter += to_string(status);
  filter += "&definition=" + percent_encode(definition);
  if (!step.empty()) filter += "&failedStep=" + percent_encode(step);
  if (!error.empty()) filter += "&errorLike=" + percent_encode(error);
  return filter;
}

}  // namespace

std::string error_pattern(std::string_view error) {
  std::string pattern;
  for (std::size_t at = 0; at < error.size();) {
    const bool begins_word = at == 0 || !is_word(error[at - 1]);
    std::size_t length = begins_word ? id_length(error.substr(at)) : 0;
    if (length == 0) length = number_length(error.substr(at));
    pattern += length == 0 ? error[at] : '*';
    at += std::max<std::size_t>(length, 1);
  }
  return pattern;
}

std::string failed_step(const Saga& saga) {
  const SagaDefinition* definition = definition_of(saga);
  if (!definition) return {};
  const std::size_t steps = std::min(saga.steps.size(), definition->steps.size());
  for (std::size_t i = 0; i < steps; ++i)
    if (saga.steps[i].status == StepStatus::failed) return std::string(definition->steps[i].name);
  for (std::size_t i = 0; i < steps && saga.status == SagaStatus::failed; ++i)
    if (is_in_progress(saga.steps[i])) return std::string(definition->steps[i].name);
  return {};
}

void FailurePatterns::add(const Flow& flow) {
  if (!flow.saga) return;
  const Saga& saga = *flow.saga;
  Pattern& pattern = patterns_[{saga.type, failed_step(saga), error_pattern(saga.error), saga.status}];
  if (pattern.count++ > 0 && saga.updated_at < pattern.latest_at) return;
  pattern.latest = saga.id.text();
  pattern.latest_at = saga.updated_at;
  pattern.example = saga.error;
}

Json FailurePatterns::json(std::size_t limit) const {
  std::vector<const std::pair<const Key, Pattern>*> all;
  for (const auto& each : patterns_) all.push_back(&each);
  std::stable_sort(all.begin(), all.end(),
                   [](const auto* a, const auto* b) { return a->second.count > b->second.count; });
  if (all.size() > limit) all.resize(limit);
  Json list = Json::array();
  for (const auto* each : all) {
    const auto& [definition, step, error, status] = each->first;
    const Pattern& pattern = each->second;
    list.push_back(Json{{"definition", definition},
                        {"step", text_or_null(step)},
                        {"error", text_or_null(error)},
                        {"status", to_string(status)},
                        {"count", pattern.count},
                        {"latest", pattern.latest},
                        {"latestAt", iso8601_ms(pattern.latest_at)},
                        {"example", text_or_null(pattern.example)},
                        {"filter", filter_of(definition, step, error, status)}});
  }
  return list;
}

void UndoneSteps::add(const Flow& flow) {
  if (!flow.saga) return;
  const Saga& saga = *flow.saga;
  const SagaDefinition* definition = definition_of(saga);
  for (std::size_t i = 0; definition && i < std::min(saga.steps.size(), definition->steps.size()); ++i) {
    const StepState& state = saga.steps[i];
    const bool undone = state.status == StepStatus::compensated, undoing = state.status == StepStatus::compensating;
    if (!undone && !undoing) continue;
    Step& step = steps_[{saga.type, std::string(definition->steps[i].name)}];
    step.undone += undone;
    step.undoing += undoing;
    step.tries += state.tries;
    if (!undone || state.ended_at < state.began_at) continue;
    ++step.timed;
    step.took += state.ended_at - state.began_at;
  }
}

Json UndoneSteps::json() const {
  Json list = Json::array();
  for (const auto& [names, step] : steps_)
    list.push_back(Json{{"definition", names.first},
                        {"step", names.second},
                        {"undone", step.undone},
                        {"undoing", step.undoing},
                        {"tries", step.tries},
                        {"meanMs", step.timed == 0 ? Json(nullptr)
                                                   : Json(static_cast<double>(step.took.count()) / 1000.0 /
                                                          static_cast<double>(step.timed))}});
  return list;
}

}  // namespace sagactl::api
