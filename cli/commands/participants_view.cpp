#include "cli/commands/participants_view.hpp"

#include <algorithm>
#include <cstdlib>

namespace sagactl {
namespace {

constexpr std::string_view metric_prefix = "sagactl_participant_";

// The value of a label in `{participant="hotel",type="trip"}`. Names of definitions and participants have no characters
// that the format escapes.
std::string label_value(std::string_view line, std::string_view name) {
  std::string begin(name);
  begin.append("=\"");
  for (std::size_t at = line.find(begin); at != std::string_view::npos; at = line.find(begin, at + 1)) {
    if (at == 0 || (line[at - 1] != '{' && line[at - 1] != ',')) continue;
    const std::size_t from = at + begin.size();
    return std::string(line.substr(from, line.find('"', from) - from));
  }
  return {};
}

void add_value(ParticipantView& view, std::string_view metric, double value) {
  if (metric == "calls_total") view.calls += value;
  if (metric == "failures_total") view.failures += value;
  if (metric == "call_seconds_total") view.seconds += value;
  if (metric == "calls_running") view.running += static_cast<std::int64_t>(value);
  if (metric == "calls_waiting") view.waiting += static_cast<std::int64_t>(value);
  if (metric == "breaker_open") view.open += value > 0;
}

void add_line(std::string_view line, ParticipantViews& participants) {
  const std::size_t labels = line.find('{'), value = line.rfind("} ");
  if (!line.starts_with(metric_prefix) || labels == std::string_view::npos || value == std::string_view::npos) return;
  ParticipantView& view = participants[{label_value(line, "type"), label_value(line, "participant")}];
  add_value(view, line.substr(metric_prefix.size(), labels - metric_prefix.size()),
            std::strtod(std::string(line.substr(value + 2)).c_str(), nullptr));
}

}  // namespace

void add_participants(std::string_view metrics, ParticipantViews& participants) {
  while (!metrics.empty()) {
    const std::size_t end = std::min(metrics.find('\n'), metrics.size());
    add_line(metrics.substr(0, end), participants);
    metrics.remove_prefix(std::min(end + 1, metrics.size()));
  }
}

}  // namespace sagactl
