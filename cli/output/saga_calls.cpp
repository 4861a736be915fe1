#include "cli/output/saga_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/client/json_answer.hpp"
#include "cli/output/display_text.hpp"
#include "common/time.hpp"

namespace sagactl {
namespace {

constexpr int line_width = 40, name_width = 20, answer_width = 100;

std::string request_text(const Json& call) {
  const Json& request = json_member(call, "request");
  const std::string command = text_member(request, "command");
  std::string text = command.empty() ? text_member(request, "method") + " " + text_member(request, "url")
                                     : command + " to " + text_member(request, "participant");
  if (!request.is_object()) text = text_member(call, "direction");
  if (integer_member(call, "attempt") > 1) text += fmt::format(" (execution {})", integer_member(call, "attempt"));
  if (integer_member(call, "try") > 1) text += fmt::format(" (try {})", integer_member(call, "try"));
  return text;
}

std::string outcome_text(const Json& call, const Paint& paint) {
  const std::string outcome = text_member(call, "outcome");
  if (outcome == "done") return paint.good(outcome);
  return outcome == "refused" ? paint.bad(outcome) : paint.warning(outcome);
}

std::string answer_text(const Json& call) {
  std::string text = text_member(call, "status");
  const std::string answer = text_member(call, "answer");
  if (!answer.empty()) text += (text.empty() ? "" : " ") + cut(answer, answer_width);
  return text.empty() ? "no answer" : text;
}

struct Span {
  std::string name, status;
  Timestamp began, ended;
};

std::optional<Timestamp> time_member(const Json& object, std::string_view name) {
  const auto time = parse_iso8601(text_member(object, name));
  return time ? std::optional(*time) : std::nullopt;
}

std::string bar_of(const Span& span, Timestamp first, Duration total, const Paint& paint) {
  const auto place = [&](Timestamp at) {
    const double share = static_cast<double>((at - first).count()) / static_cast<double>(total.count());
    return std::clamp(static_cast<int>(share * line_width), 0, line_width - 1);
  };
  const int from = place(span.began), to = std::max(place(span.ended), from);
  std::string bar;
  for (int i = from; i <= to; ++i) bar += "█";
  const std::string shown = span.status == "succeeded" ? paint.good(bar)
                            : span.status == "failed"  ? paint.bad(bar)
                                                       : paint.warning(bar);
  return std::string(static_cast<std::size_t>(from), ' ') + shown +
         std::string(static_cast<std::size_t>(line_width - 1 - to), ' ');
}

}  // namespace

void add_calls(const Json& trace, std::string_view step, const Paint& paint, Branch& branch) {
  for (const Json& call : json_member(trace, "calls")) {
    if (text_member(call, "step") != step) continue;
    Branch made{fmt::format("{}  {}  {:.1f} ms  {}", request_text(call), outcome_text(call, paint),
                            json_member(call, "tookMs").is_number() ? json_member(call, "tookMs").get<double>() : 0.0,
                            paint.faint(answer_text(call)))};
    const Json& body = json_member(json_member(call, "request"), "body");
    if (!body.is_null()) made.branches.push_back({paint.faint(cut(shown_json(body), answer_width))});
    branch.branches.push_back(std::move(made));
  }
}

void add_time_line(const Json& saga, const Paint& paint, Branch& root) {
  std::vector<Span> spans;
  const Timestamp now = time_member(saga, "updatedAt").value_or(Timestamp{});
  for (const Json& step : json_member(saga, "steps")) {
    const auto began = time_member(step, "startedAt");
    if (!began) continue;
    const Timestamp ended = time_member(step, "endedAt").value_or(std::max(now, *began));
    spans.push_back({text_member(step, "name"), text_member(step, "status"), *began, ended});
  }
  if (spans.size() < 2) return;
  Timestamp first = spans.front().began, last = spans.front().ended;
  for (const Span& span : spans) {
    first = std::min(first, span.began);
    last = std::max(last, span.ended);
  }
  const Duration total = std::max(last - first, Duration{1});
  Branch line{"time line, " + format_duration(total)};
  for (const Span& span : spans)
    line.branches.push_back({fmt::format("{} {} {}", padded(cut(span.name, name_width), name_width),
                                         bar_of(span, first, total, paint), format_duration(span.ended - span.began))});
  root.branches.push_back(std::move(line));
}

}  // namespace sagactl
