#include <fmt/format.h>

#include <cmath>

#include "analysis/json_view.hpp"
#include "analysis/report.hpp"
#include "analysis/report_verdicts.hpp"
#include "analysis/text_table.hpp"

namespace sagactl {
namespace {

struct Figure {
  const char* name;
  const char* object;
  const char* member;
};

constexpr Figure figures[] = {
    {"accepted/s", "throughput", "acceptedPerSecond"},
    {"sagas completed/s", "throughput", "completedPerSecond"},
    {"latency p50, ms", "latency", "p50"},
    {"latency p90, ms", "latency", "p90"},
    {"latency p99, ms", "latency", "p99"},
    {"latency p99.9, ms", "latency", "p999"},
    {"latency max, ms", "latency", "max"},
    {"saga p50, ms", "sagaLatency", "p50"},
    {"saga p99, ms", "sagaLatency", "p99"},
    {"requests sent", "requests", "sent"},
    {"requests failed", "requests", "failed"},
    {"transport errors", "requests", "transportErrors"},
};

std::string shown(const std::optional<double>& value) {
  if (!value) return "-";
  return *value == std::floor(*value) ? fmt::format("{:.0f}", *value) : fmt::format("{:.2f}", *value);
}

std::string change(const std::optional<double>& before, const std::optional<double>& after) {
  if (!before || !after || *before == 0) return "";
  return fmt::format("{:+.1f} %", (*after / *before - 1) * 100);
}

std::string ruling_of(const JsonView& result, const std::string& name) {
  for (const Json& verdict : result["verdicts"].list())
    if (JsonView(verdict)["name"].text() == name) return JsonView(verdict)["verdict"].text();
  return "-";
}

std::string differences(const JsonView& before, const JsonView& after) {
  std::string text;
  for (const char* member : {"scenario", "seed", "openLoop", "version", "targets", "machine"}) {
    const Json &a = before[member].json(), &b = after[member].json();
    if (a != b) text += fmt::format("  {}: {} and {}\n", member, a.dump(), b.dump());
  }
  return text.empty() ? text : "They were not made alike:\n" + text + '\n';
}

}  // namespace

Result<std::string> compare_text(const Json& first, const Json& second, const TextStyle& style) {
  const JsonView before(first), after(second);
  for (const JsonView& result : {before, after})
    if (result["kind"].text() != "loadtest")
      return Error{ErrorCode::invalid, "only results of a load test compare; make them with loadtest --save"};
  TextTable table("lrrr");
  table.row({"", before["run"].text(), after["run"].text(), "change"});
  for (const Figure& figure : figures) {
    const auto a = before[figure.object][figure.member].number(),
               b = after[figure.object][figure.member].number();
    table.row({figure.name, shown(a), shown(b), change(a, b)});
  }
  std::string text = differences(before, after) + table.text(0) + '\n';
  bool changed = false;
  for (const Json& verdict : after["verdicts"].list()) {
    const std::string name = JsonView(verdict)["name"].text();
    const std::string was = ruling_of(before, name), is = JsonView(verdict)["verdict"].text();
    if (was == is) continue;
    changed = true;
    text += fmt::format("{}: {}, now {}\n", name, was, ruling_word(is, style));
  }
  if (!changed) text += "The verdicts are the same.\n";
  return text;
}

}  // namespace sagactl
