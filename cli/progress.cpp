#include "cli/progress.hpp"

#include <fmt/format.h>

#include <ostream>

#include "cli/table.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::seconds plain_interval{5};

}  // namespace

void ProgressLine::show(const Progress& progress) {
  std::string text = fmt::format("{} sent", progress.sent);
  if (progress.orders_planned > 0)
    text = fmt::format("{} of {} sent", progress.sent, progress.orders_planned);
  text += fmt::format(", {} accepted, {} duplicates, {} errors, {:.0f}/s", progress.accepted,
                      progress.duplicates, progress.errors, progress.rate);
  if (progress.left) text += ", " + format_duration(*progress.left) + " left";
  show(progress.phase, text);
}

void ProgressLine::show(const std::string& phase, const std::string& text) {
  const Settings& settings = invocation_.settings;
  if (settings.quiet) return;
  const Terminal& terminal = invocation_.terminal;
  const std::string line = phase + ": " + text;
  if (terminal.err_is_tty) {
    terminal.err << "\r\x1b[K" << cut(line, terminal.width - 1) << std::flush;
    open_ = true;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (phase == phase_ && now - shown_at_ < plain_interval) return;
  phase_ = phase;
  shown_at_ = now;
  terminal.err << line << '\n' << std::flush;
}

void ProgressLine::end() {
  if (open_) invocation_.terminal.err << "\r\x1b[K" << std::flush;
  open_ = false;
}

}  // namespace sagactl
