#include "loadgen/ledger/answer_counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <tuple>

#include "common/text/text.hpp"
#include "httpclient/url.hpp"

namespace sagactl {
namespace {

// On one line, and always UTF-8.
std::string excerpt(std::string_view text) {
  std::string line;
  bool blank = false;
  for (const char c : trim(text)) {
    const bool is_space = static_cast<unsigned char>(c) <= ' ' || c == '\x7F';
    if (!is_space) line.push_back(c);
    if (is_space && !blank) line.push_back(' ');
    blank = is_space;
    if (line.size() >= FirstAnswers::text_max) break;
  }
  // Not in the middle of a UTF-8 character.
  while (!line.empty() && !is_utf8(line) && (static_cast<unsigned char>(line.back()) & 0x80) != 0 &&
         line.size() > FirstAnswers::text_max - 4)
    line.pop_back();
  if (is_utf8(line)) return line;
  const std::string valid = json_text(Json(line));
  return valid.substr(1, valid.size() - 2);
}

std::string_view words_of(TransportFailure failure) {
  switch (failure) {
    case TransportFailure::none:
      return "no answer";
    case TransportFailure::timed_out:
      return "timed out";
    case TransportFailure::closed:
      return "connection closed before the complete answer";
    case TransportFailure::unreadable:
      return "not an HTTP response";
    case TransportFailure::no_connection:
      return "no connection";
    case TransportFailure::kept_closed:
      return "keep-alive connection closed as the request was sent";
    case TransportFailure::agent_lost:
      return "not known: its agent was lost";
  }
  crash("unknown failure");
}

// The path of --url, before those of the requests; "" without one.
std::string prefix_of_targets(const Ledger& ledger) {
  if (ledger.targets.empty()) return {};
  const auto url = parse_node_url(ledger.targets.front());
  return url ? url->prefix : std::string();
}

// Advice for the case that this is the most frequent answer.
std::string advice(int status, const Ledger& ledger) {
  const bool may_be_log_in = status == 401 || status == 403 || (status >= 300 && status < 400);
  if (may_be_log_in && ledger.loses_cookies) return std::string(advice_about_lost_cookies);
  if (status == 401 || status == 403 || status == 407)
    return "; give --token, the required header in create.headers, or a [log_in] in the profile";
  if (status >= 300 && status < 400) return "; give --url the address that it redirects to";
  if (status == 404 || status == 405) {
    const std::string prefix = prefix_of_targets(ledger);
    if (!prefix.empty()) return fmt::format("; is {} right, the path of --url that {} follows?", prefix, ledger.path);
    return "; are create.path and create.method those of this server?";
  }
  if (status == 415 || status == 406) return "; set the Content-Type and Accept that it expects in create.headers";
  if (status == 429) return "; the server limits its clients: lower --rate or --concurrency";
  return "";
}

std::string first_text(const FirstAnswers& first, int status, TransportFailure failure, RequestOutcome outcome) {
  if (failure == TransportFailure::no_connection) return first.text(FirstAnswers::no_connection);
  if (status == 0) return failure == TransportFailure::unreadable ? first.text(FirstAnswers::unreadable) : "";
  const bool is_refused = outcome == RequestOutcome::rejected || outcome == RequestOutcome::indeterminate;
  const std::string why = is_refused && status >= 200 && status <= 299 ? first.text(FirstAnswers::refusal) : "";
  return why.empty() ? first.text(status) : why;
}

}  // namespace

void FirstAnswers::note(int status, std::string_view body, std::string_view location) {
  if (is_known(status)) return;
  const auto place = static_cast<std::size_t>(status);
  const std::lock_guard lock(mutex_);
  if (known_[place].exchange(true)) return;
  std::string text = location.empty() ? "" : "Location: " + excerpt(location);
  if (const std::string beginning = excerpt(body); !beginning.empty()) text += (text.empty() ? "" : "  ") + beginning;
  texts_[status] = text;
}

std::string FirstAnswers::text(int status) const {
  const std::lock_guard lock(mutex_);
  const auto found = texts_.find(status);
  return found == texts_.end() ? std::string() : found->second;
}

std::map<int, std::string> FirstAnswers::texts() const {
  const std::lock_guard lock(mutex_);
  return texts_;
}

std::uint64_t AnswerCounts::answered() const {
  std::uint64_t all = 0;
  for (const TargetCount& it : targets) all += it.answered;
  return all;
}

std::uint64_t AnswerCounts::due() const {
  std::uint64_t all = 0;
  for (const TargetCount& it : targets) all += it.due;
  return all;
}

AnswerCounts count_answers(const Ledger& ledger, const FirstAnswers* first) {
  AnswerCounts counts;
  counts.targets.resize(ledger.targets.size());
  std::map<std::tuple<std::uint16_t, TransportFailure, RequestOutcome>, std::uint64_t> kinds;
  for (const LedgerEntry& entry : ledger.entries) {
    if (!ledger.is_measured(entry)) continue;
    ++kinds[{entry.http_status, entry.failure, entry.outcome}];
    TargetCount& target = counts.targets[entry.target];
    ++target.due;
    target.answered += entry.http_status != 0;
    target.unreached += entry.outcome == RequestOutcome::unreached;
    counts.unnamed += entry.outcome == RequestOutcome::accepted && entry.order.is_nil();
  }
  for (const auto& [kind, count] : kinds) {
    const auto& [status, failure, outcome] = kind;
    counts.answers.push_back(
        {status, failure, outcome, count, first ? first_text(*first, status, failure, outcome) : ""});
  }
  std::stable_sort(counts.answers.begin(), counts.answers.end(),
                   [](const AnswerCount& a, const AnswerCount& b) { return a.count > b.count; });
  return counts;
}

std::string text_of(const AnswerCount& answer) {
  if (answer.http_status == 0) return std::string(words_of(answer.failure));
  const auto known = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(answer.http_status));
  const std::string reason(known.data(), known.size());
  return reason.empty() || reason.front() == '<' ? std::to_string(answer.http_status)
                                                 : fmt::format("{} {}", answer.http_status, reason);
}

std::string answers_text(const Ledger& ledger) {
  const AnswerCounts counts = count_answers(ledger, nullptr);
  std::string text;
  for (const AnswerCount& it : counts.answers)
    text += fmt::format("{}{} x {}", text.empty() ? ": " : ", ", text_of(it), it.count);
  if (!counts.answers.empty()) text += advice(counts.answers.front().http_status, ledger);
  return text;
}

Json answers_json(const AnswerCounts& counts) {
  Json list = Json::array();
  for (const AnswerCount& it : counts.answers)
    list.push_back({{"status", it.http_status == 0 ? Json(nullptr) : Json(it.http_status)},
                    {"failure", it.failure == TransportFailure::none ? Json(nullptr) : Json(to_string(it.failure))},
                    {"text", text_of(it)},
                    {"outcome", to_string(it.outcome)},
                    {"count", it.count},
                    {"first", it.first}});
  return list;
}

Json targets_json(const AnswerCounts& counts, const Ledger& ledger) {
  Json list = Json::array();
  for (std::size_t i = 0; i < counts.targets.size(); ++i) {
    const TargetCount& it = counts.targets[i];
    list.push_back(
        {{"target", ledger.targets[i]}, {"requests", it.due}, {"answered", it.answered}, {"unreached", it.unreached}});
  }
  return list;
}

}  // namespace sagactl
