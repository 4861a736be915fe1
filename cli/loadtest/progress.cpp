#include "cli/loadtest/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "analysis/readable.hpp"
#include "cli/output/table.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds plain_interval{5};
constexpr std::size_t bar_width = 30;
constexpr std::size_t targets_shown = 8;

// From 0 to 1; none when not known.
std::optional<double> done_of(const LoadProgress& progress) {
  if (progress.left) {
    const auto all = static_cast<double>((progress.elapsed + *progress.left).count());
    if (all > 0) return static_cast<double>(progress.elapsed.count()) / all;
  }
  if (progress.orders_planned > 0)
    return std::min(1.0, static_cast<double>(progress.sent) / static_cast<double>(progress.orders_planned));
  return std::nullopt;
}

std::string head_of(const LoadProgress& progress) {
  std::string head = progress.phase;
  if (const auto done = done_of(progress)) {
    const auto filled = static_cast<std::size_t>(*done * bar_width);
    head +=
        fmt::format("  [{}{}] {:.0f} %", std::string(filled, '#'), std::string(bar_width - filled, '.'), *done * 100);
  }
  head += "  " + format_duration(progress.elapsed);
  if (progress.left) head += ", " + format_duration(*progress.left) + " left";
  return head;
}

std::string nodes_of(const LoadProgress& progress, const ProgressContext& context) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : progress.answered) all += count;
  std::string text;
  const std::size_t known = std::min(progress.answered.size(), context.targets.size());
  for (std::size_t i = 0; i < std::min(known, targets_shown); ++i) {
    const double share = all == 0 ? 0 : static_cast<double>(progress.answered[i]) / static_cast<double>(all);
    text += fmt::format("{}{} {:.1f} %", i == 0 ? "" : "   ", context.targets[i], share * 100);
  }
  if (known > targets_shown) text += fmt::format("   and {} more", known - targets_shown);
  return text;
}

// "3 sending; load-2:7410 lost"
std::string agents_of(const LoadProgress& progress) {
  std::map<std::string, std::size_t> states;
  std::string lost;
  for (const AgentProgress& agent : progress.agents) {
    if (agent.state == "lost")
      lost += fmt::format("; {} lost", agent.address);
    else
      ++states[agent.state];
  }
  std::string text;
  for (const auto& [state, count] : states) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
  return text + (text.empty() && !lost.empty() ? lost.substr(2) : lost);
}

}  // namespace

std::vector<std::string> live_view(const LoadProgress& progress, const ProgressContext& context) {
  std::vector<std::string> lines = {head_of(progress)};
  std::string rate = fmt::format("{:.0f}/s sent", progress.rate);
  if (progress.rate_planned) rate += fmt::format(" of {:.0f}/s planned", *progress.rate_planned);
  lines.push_back("  rate     " + rate);
  lines.push_back(fmt::format("  orders   {} sent, {} accepted, {} duplicates, {} errors",
                              with_separators(progress.sent), with_separators(progress.accepted),
                              with_separators(progress.duplicates), with_separators(progress.errors)));
  lines.push_back(fmt::format("  latency  p50 {}, p99 {} in the last second", format_duration(progress.response_p50),
                              format_duration(progress.response_p99)));
  if (context.sagas_active)
    lines.push_back("  sagas    " + with_separators(static_cast<std::uint64_t>(*context.sagas_active)) + " active");
  if (context.targets.size() > 1) lines.push_back("  nodes    " + nodes_of(progress, context));
  if (!progress.agents.empty()) lines.push_back("  agents   " + agents_of(progress));
  return lines;
}

void ProgressDisplay::show(const LoadProgress& progress, const ProgressContext& context) {
  if (invocation_.settings.quiet) return;
  if (can_redraw()) return draw(live_view(progress, context));
  if (!is_due(progress.phase)) return;
  std::string text = fmt::format("{}: {} sent", progress.phase, progress.sent);
  if (progress.orders_planned > 0)
    text = fmt::format("{}: {} of {} sent", progress.phase, progress.sent, progress.orders_planned);
  text += fmt::format(", {} accepted, {} duplicates, {} errors, {:.0f}/s, p99 {}", progress.accepted,
                      progress.duplicates, progress.errors, progress.rate, format_duration(progress.response_p99));
  if (context.sagas_active) text += fmt::format(", {} sagas active", *context.sagas_active);
  if (!progress.agents.empty()) text += ", agents: " + agents_of(progress);
  if (progress.left) text += ", " + format_duration(*progress.left) + " left";
  invocation_.terminal.err << text << '\n' << std::flush;
}

void ProgressDisplay::show(const std::string& phase, const std::string& text) {
  if (invocation_.settings.quiet) return;
  if (can_redraw()) return draw({phase + ": " + text});
  if (is_due(phase)) invocation_.terminal.err << phase << ": " << text << '\n' << std::flush;
}

bool ProgressDisplay::can_redraw() const {
  return invocation_.terminal.err_is_tty && invocation_.terminal.can_redraw;
}

bool ProgressDisplay::is_due(const std::string& phase) {
  const auto now = std::chrono::steady_clock::now();
  if (phase == phase_ && now - shown_at_ < plain_interval) return false;
  phase_ = phase;
  shown_at_ = now;
  return true;
}

// In one write, each line over the previous one, so that nothing flickers.
void ProgressDisplay::draw(const std::vector<std::string>& lines) {
  const int width = invocation_.terminal.err_width();
  std::string text = "\r";
  if (lines_ > 1) text += fmt::format("\x1b[{}A", lines_ - 1);
  for (std::size_t i = 0; i < lines.size(); ++i) text += (i == 0 ? "" : "\n") + cut(lines[i], width - 1) + "\x1b[K";
  text += "\x1b[J";  // the rest of a longer view
  lines_ = lines.size();
  invocation_.terminal.err << text << std::flush;
}

void ProgressDisplay::end() {
  if (lines_ == 0) return;
  std::string text = "\r";
  if (lines_ > 1) text += fmt::format("\x1b[{}A", lines_ - 1);
  invocation_.terminal.err << text << "\x1b[J" << std::flush;
  lines_ = 0;
}

}  // namespace sagactl
