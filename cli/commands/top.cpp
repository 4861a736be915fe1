// `sagactl top`: nodes, rates, active and stuck sagas, live.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <sstream>

#include "cli/client/local_nodes.hpp"
#include "cli/commands.hpp"
#include "cli/commands/system_view.hpp"
#include "cli/flag.hpp"
#include "cli/output/display_text.hpp"
#include "cli/output/table.hpp"
#include "cli/output/terminal_mode.hpp"

namespace sagactl {
namespace {

constexpr const char* enter_screen = "\x1b[?1049h\x1b[?25l";
constexpr const char* leave_screen = "\x1b[?25h\x1b[?1049l";
constexpr const char* clear_screen = "\x1b[H\x1b[J";
constexpr std::chrono::milliseconds signal_check_interval{100};

struct TopFlags {
  Duration interval = 1s;
  bool once = false;
};

// A view, and what has changed since the one before.
struct Shown {
  const SystemView& view;
  const SystemView& before;
  std::optional<Rates> rates = rates_between(before, view);
  double seconds = std::chrono::duration<double>(view.measured_at - before.measured_at).count();

  ParticipantView before_of(const ParticipantViews::key_type& names) const {
    const auto found = before.participants.find(names);
    return found == before.participants.end() ? ParticipantView{} : found->second;
  }
};

std::string per_second(const std::optional<Rates>& rates, double Rates::*which) {
  return rates ? fmt::format("{:.1f}/s", (*rates).*which) : "-";
}

// What a participant was called in the last interval.
struct CallRates {
  double calls = 0, failures = 0, mean_ms = 0;
};

CallRates call_rates(const ParticipantView& before, const ParticipantView& now, double seconds) {
  const double calls = now.calls - before.calls;
  if (calls <= 0 || seconds <= 0) return {};
  return {calls / seconds, (now.failures - before.failures) / seconds, (now.seconds - before.seconds) * 1000 / calls};
}

std::string state_of(const ParticipantView& view, std::size_t nodes, const Paint& paint) {
  if (view.open == 0) return paint.good("called");
  return paint.bad(nodes == 1 ? "fails: left alone"
                              : fmt::format("fails: left alone by {} of {} nodes", view.open, nodes));
}

// Participants of users' sagas; nothing when none was called.
void draw_participants(std::ostream& out, const Invocation& invocation, const Shown& shown) {
  if (shown.view.participants.empty()) return;
  Table table({{"DEFINITION", Fit::text, needed},
               {"PARTICIPANT", Fit::text, needed},
               {"CALLS", Fit::number},
               {"FAILURES", Fit::number},
               {"MEAN", Fit::number},
               {"RUNNING", Fit::number},
               {"WAITING", Fit::number},
               {"STATE", Fit::whole, needed}});
  for (const auto& [names, view] : shown.view.participants) {
    const CallRates rates = call_rates(shown.before_of(names), view, shown.seconds);
    table.row({names.first, names.second, fmt::format("{:.1f}/s", rates.calls), fmt::format("{:.1f}/s", rates.failures),
               rates.calls > 0 ? fmt::format("{:.1f} ms", rates.mean_ms) : "-", std::to_string(view.running),
               std::to_string(view.waiting), state_of(view, shown.view.nodes.size(), invocation.paint)});
  }
  out << '\n';
  table.print(out, invocation.terminal.table_width());
}

void draw(std::ostream& out, const Invocation& invocation, const Shown& shown, const std::optional<Error>& error) {
  const SystemView& view = shown.view;
  const std::optional<Rates>& rates = shown.rates;
  const Paint& paint = invocation.paint;
  out << paint.strong("sagactl top") << "  " << iso8601_ms(view.at) << "\n\n";
  if (view.has_counts) {
    const std::string stuck = std::to_string(view.stuck) + " stuck";
    out << "sagas   " << view.active << " active, " << (view.stuck > 0 ? paint.bad(stuck) : stuck) << ", "
        << view.completed << " completed, " << view.compensated << " compensated, " << view.failed << " failed\n"
        << "orders  " << view.orders << " total, " << per_second(rates, &Rates::orders) << " new, "
        << per_second(rates, &Rates::ended) << " ended\n\n";
  } else if (error) {
    out << paint.bad(error->message) << "\n\n";
  }
  Table table({{"NODE", Fit::text, needed},
               {"URL"},
               {"DATABASE", Fit::number},
               {"COMMITS", Fit::number},
               {"QUEUE", Fit::number},
               {"UNPUBLISHED", Fit::number},
               {"STATUS", Fit::whole, needed}});
  for (const NodeView& node : view.nodes) {
    const std::string database = node.up ? fmt::format("{:.1f} ms", node.database_ms) : "-";
    table.row({node.node.empty() ? "-" : node.node, node.url, database, std::to_string(node.commits),
               std::to_string(node.queue), std::to_string(node.unpublished),
               node.up ? paint.good(node.status) : paint.bad(node.status)});
  }
  table.print(out, invocation.terminal.table_width());
  draw_participants(out, invocation, shown);
}

// Cuts the text to the size of the terminal: a longer line would wrap, and one line too many would scroll the first
// ones off.
std::string cut_to_terminal(const std::string& text, const Terminal& terminal) {
  const int columns = terminal.out_width(), lines = terminal.lines();
  std::string shown;
  int count = 0;
  for (std::size_t begin = 0; begin < text.size(); ++count) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const bool last = lines > 0 && count + 1 == lines && end + 1 < text.size();
    shown += (count == 0 ? "" : "\n") + (last ? "…" : cut(std::string_view(text).substr(begin, end - begin), columns));
    if (last) break;
    begin = end + 1;
  }
  return shown;
}

void print_line(const Invocation& invocation, const SystemView& view, const std::optional<Rates>& rates) {
  std::int64_t up = 0;
  for (const NodeView& node : view.nodes) up += node.up;
  invocation.terminal.out << fmt::format(
                                 "{} nodes={}/{} active={} stuck={} completed={} compensated={} failed={} orders={} "
                                 "new={} ended={}\n",
                                 iso8601_ms(view.at), up, view.nodes.size(), view.active, view.stuck, view.completed,
                                 view.compensated, view.failed, view.orders, per_second(rates, &Rates::orders),
                                 per_second(rates, &Rates::ended))
                          << std::flush;
}

Json participants_json(const Shown& shown) {
  Json list = Json::array();
  for (const auto& [names, view] : shown.view.participants) {
    const CallRates rates = call_rates(shown.before_of(names), view, shown.seconds);
    list.push_back(Json{{"definition", names.first},
                        {"participant", names.second},
                        {"callsPerSecond", rates.calls},
                        {"failuresPerSecond", rates.failures},
                        {"meanMs", rates.calls > 0 ? Json(rates.mean_ms) : Json(nullptr)},
                        {"running", view.running},
                        {"waiting", view.waiting},
                        {"nodesThatLeaveItAlone", view.open}});
  }
  return list;
}

Json to_json(const Shown& shown, const std::optional<Error>& error) {
  const SystemView& view = shown.view;
  const std::optional<Rates>& rates = shown.rates;
  Json nodes = Json::array();
  for (const NodeView& node : view.nodes)
    nodes.push_back(Json{{"node", node.node},
                         {"url", node.url},
                         {"up", node.up},
                         {"status", node.status},
                         {"databaseMs", node.database_ms},
                         {"commits", node.commits},
                         {"queue", node.queue},
                         {"unpublishedEvents", node.unpublished}});
  Json counts = {{"total", view.sagas},         {"active", view.active},           {"stuck", view.stuck},
                 {"completed", view.completed}, {"compensated", view.compensated}, {"failed", view.failed}};
  Json json = {{"at", iso8601_ms(view.at)}, {"nodes", nodes}};
  json["sagas"] = view.has_counts ? counts : Json(nullptr);
  json["orders"] = view.has_counts ? Json(view.orders) : Json(nullptr);
  json["ordersPerSecond"] = rates ? Json(rates->orders) : Json(nullptr);
  json["endedPerSecond"] = rates ? Json(rates->ended) : Json(nullptr);
  json["participants"] = participants_json(shown);
  if (error) json["error"] = error_json(*error)["error"];
  return json;
}

class Screen {
 public:
  Screen(const Invocation& invocation, bool redraw) : invocation_(invocation), redraw_(redraw) {
    if (!redraw_) return;
    invocation_.terminal.out << enter_screen << std::flush;
    mode_.emplace(STDIN_FILENO, TerminalMode::Change{ECHO | ICANON, STDOUT_FILENO, enter_screen, leave_screen});
  }
  ~Screen() {
    mode_.reset();
    if (redraw_) invocation_.terminal.out << leave_screen << std::flush;
  }
  // Waits for the next view. False when a signal or the key q ends the command.
  bool wait(const std::stop_token& stop, Duration interval) const {
    if (!redraw_ || ::isatty(STDIN_FILENO) == 0) return pause(stop, interval);
    const auto until = std::chrono::steady_clock::now() + interval;
    while (!stop.stop_requested()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0) return true;
      pollfd keys{STDIN_FILENO, POLLIN, 0};
      if (::poll(&keys, 1, static_cast<int>(std::min(left, signal_check_interval).count())) <= 0) continue;
      char key = 'q';  // also when the input is closed
      if (::read(STDIN_FILENO, &key, 1) >= 0 && (key == 'q' || key == 'Q')) return false;
    }
    return false;
  }
  void show(const Shown& shown, const std::optional<Error>& error, bool once) {
    std::ostream& out = invocation_.terminal.out;
    if (invocation_.wants_json()) {
      invocation_.print(to_json(shown, error));
    } else if (redraw_) {
      std::ostringstream text;
      draw(text, invocation_, shown, error);
      out << clear_screen << cut_to_terminal(text.str(), invocation_.terminal) << std::flush;
    } else if (once) {
      std::ostringstream text;
      draw(text, invocation_, shown, error);
      out << folded(text.str(), invocation_.terminal.table_width()) << std::flush;
    } else {
      print_line(invocation_, shown.view, shown.rates);
    }
  }

 private:
  const Invocation& invocation_;
  bool redraw_;
  std::optional<TerminalMode> mode_;
};

// A node that answers has a state to show, also while its database does not.
bool shows_something(const SystemView& view, const Error& error) {
  const bool is_refused = error.code == ErrorCode::unauthenticated || error.code == ErrorCode::forbidden;
  return !is_refused && std::ranges::any_of(view.nodes, [](const NodeView& node) { return !node.node.empty(); });
}

Result<ExitCode> run_top(Invocation& invocation, const TopFlags& flags) {
  if (invocation.settings.format == OutputFormat::json && !flags.once)
    return Error{ErrorCode::invalid,
                 "top prints one view after another: use -o ndjson for one line each, or -o json with --once"};
  use_all_local_nodes(invocation);
  auto observer = SystemObserver::open(invocation);
  if (!observer) return observer.error();
  SystemView first = observer->poll();
  if (const auto& error = observer->error(); error && !shows_something(first, *error)) return *error;
  const std::stop_token stop = invocation.interrupt.take_over();
  SystemView before = std::move(first);
  const bool redraw = invocation.terminal.out_is_tty && invocation.terminal.can_redraw;
  Screen screen(invocation, redraw && !flags.once && !invocation.wants_json());
  // The first view is only used to compute the rates of the second.
  while (screen.wait(stop, flags.interval) && invocation.terminal.out) {
    SystemView now = observer->poll();
    screen.show(Shown{now, before}, observer->error(), flags.once);
    before = std::move(now);
    if (flags.once) break;
  }
  if (flags.once && observer->error()) return exit_code_of(observer->error()->code);
  return ExitCode::done;
}

}  // namespace

void add_top(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<TopFlags>();
  CLI::App* app =
      add_command(root, "top", "Show nodes, rates, active and stuck sagas live; press q to quit", server_group);
  add_duration(*app, "--interval", flags->interval, "Refresh interval [1s]");
  add_switch(*app, "--once", flags->once, "Print one view and exit");
  commands.add(app, [flags](Invocation& invocation) { return run_top(invocation, *flags); });
}

}  // namespace sagactl
