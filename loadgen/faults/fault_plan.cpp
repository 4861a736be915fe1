#include "loadgen/faults/fault_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

namespace sagactl {
namespace {

// As a flag takes it: "1500ms", "90s".
std::string span_text(Duration time) {
  const std::int64_t us = time.count();
  if (us % 1'000'000 == 0) return fmt::format("{}s", us / 1'000'000);
  if (us % 1000 == 0) return fmt::format("{}ms", us / 1000);
  return fmt::format("{}us", us);
}

std::string target_text(const FaultTarget& target) {
  switch (target.kind) {
    case FaultTarget::Kind::node:
      return quoted_word(target.name);
    case FaultTarget::Kind::pid:
    case FaultTarget::Kind::port:
      return fmt::format("{} {}", to_string(target.kind), target.number);
    case FaultTarget::Kind::pidfile:
    case FaultTarget::Kind::command:
    case FaultTarget::Kind::container:
      return fmt::format("{} {}", to_string(target.kind), quoted_word(target.name));
  }
  crash("unknown kind of target");
}

std::string value_text(const ProxyFault& fault) {
  switch (fault.action) {
    case ProxyAction::delay:
      if (fault.delay_min != fault.delay_max)
        return fmt::format(" {}..{}", span_text(fault.delay_min), span_text(fault.delay_max));
      return fmt::format(" {}", span_text(fault.delay_min));
    case ProxyAction::throttle:
      return fmt::format(" {}B/s", fault.bytes_per_second);
    case ProxyAction::answer:
      return fmt::format(" {}", fault.status);
    case ProxyAction::cut_requests:
    case ProxyAction::cut_answers:
    case ProxyAction::cut_connections:
    case ProxyAction::duplicate:
      return {};
  }
  crash("unknown fault of the proxy");
}

}  // namespace

std::string quoted_word(const std::string& text) {
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("-_./:@%+=,").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (is_plain) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + '"';
}

std::string Fault::text() const {
  std::string text =
      fmt::format("{} {}", to_string(action), action == FaultAction::run ? quoted_word(command) : target_text(target));
  fmt::format_to(std::back_inserter(text), " at {}", span_text(at));
  if (length) fmt::format_to(std::back_inserter(text), " for {}", span_text(*length));
  if (!undo.empty()) fmt::format_to(std::back_inserter(text), " undo {}", quoted_word(undo));
  return text;
}

std::string ProxyFault::text() const {
  std::string text = fmt::format("{}{}", to_string(action), value_text(*this));
  if (share < 1) fmt::format_to(std::back_inserter(text), " of {}%", share * 100);
  if (from > Duration{0}) fmt::format_to(std::back_inserter(text), " from {}", span_text(from));
  if (to) fmt::format_to(std::back_inserter(text), " to {}", span_text(*to));
  if (!target.empty()) fmt::format_to(std::back_inserter(text), " on {}", target);
  return text;
}

bool needs_requests(ProxyAction action) {
  switch (action) {
    case ProxyAction::delay:
    case ProxyAction::throttle:
    case ProxyAction::cut_connections:
      return false;
    case ProxyAction::cut_requests:
    case ProxyAction::cut_answers:
    case ProxyAction::duplicate:
    case ProxyAction::answer:
      return true;
  }
  crash("unknown fault of the proxy");
}

}  // namespace sagactl
