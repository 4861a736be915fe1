#include "cli/loadtest/faults/fault_file.hpp"

#include <fmt/format.h>

#include "loadgen/faults/fault_grammar.hpp"

namespace sagactl {
namespace {

// Reads a member with `parse`, and reports its error with the member's line. False: there was one.
template <class Parse, class Set>
bool read_member(TomlMembers& members, const char* name, Parse parse, Set set) {
  std::string text;
  members.text(name, text);
  if (text.empty()) return true;
  const auto value = parse(std::string_view(text));
  if (value)
    set(*value);
  else
    members.fail(name, fmt::format("is wrong: {}", value.error().message));
  return value.ok();
}

void read_fault(TomlMembers& members, Fault& fault) {
  std::string action, at, target;
  members.text("action", action);
  members.text("target", target);
  members.text("command", fault.command);
  members.text("undo", fault.undo);
  members.text("at", at);
  if (at.empty()) members.fail("at", "is missing: the time since the start of the measured load, such as \"10s\"");
  read_member(members, "at", parse_fault_time, [&](Duration time) { fault.at = time; });
  const bool is_read = read_member(members, "for", parse_fault_time, [&](Duration time) { fault.length = time; });
  const auto known = from_string<FaultAction>(action);
  if (!known)
    return members.fail(
        "action", action.empty() ? "is missing: pause, kill, restart or run" : "must be pause, kill, restart or run");
  fault.action = *known;
  const bool is_command = *known == FaultAction::run;
  if (is_command && !target.empty()) members.fail("target", "belongs to pause, kill and restart");
  if (is_command && fault.command.empty()) return members.fail("command", "is missing: what is run");
  if (!is_command && !fault.command.empty()) members.fail("command", "belongs to action = \"run\"");
  if (!is_command && target.empty())
    members.fail("target", "is missing: a node, or \"pid 4711\", \"pidfile FILE\", \"port 8085\"");
  if (!is_command)
    read_member(members, "target", parse_fault_target, [&](const FaultTarget& found) { fault.target = found; });
  if (const auto checked = check(fault); is_read && !checked)
    members.fail("action", fmt::format("is wrong: {}", checked.error().message));
}

// What is for one action alone.
void read_of_action(TomlMembers& members, ProxyAction action, ProxyFault& fault) {
  std::string delay, rate;
  std::optional<std::int64_t> status;
  members.text("delay", delay);
  members.text("rate", rate);
  members.number("status", status);
  const auto needs = [&](ProxyAction owner, const char* name, bool is_there, const char* example) {
    if (action == owner && !is_there) members.fail(name, fmt::format("is missing, such as {}", example));
    if (action != owner && is_there) members.fail(name, fmt::format("belongs to action = \"{}\"", to_string(owner)));
  };
  needs(ProxyAction::delay, "delay", members.has("delay"), "\"200ms\"");
  needs(ProxyAction::throttle, "rate", members.has("rate"), "\"100kB/s\"");
  needs(ProxyAction::answer, "status", members.has("status"), "503");
  if (status) {
    const auto valid = parse_answer_status(std::to_string(*status));
    if (valid) fault.status = *valid;
    if (!valid) members.fail("status", fmt::format("is wrong: {}", valid.error().message));
  }
  if (!delay.empty())
    if (const auto valid = parse_delay_range(delay, fault); !valid)
      members.fail("delay", fmt::format("is wrong: {}", valid.error().message));
  read_member(members, "rate", parse_bandwidth, [&](std::uint64_t bytes) { fault.bytes_per_second = bytes; });
}

void read_proxy_fault(TomlMembers& members, ProxyFault& fault) {
  std::string action;
  members.text("action", action);
  members.text("on", fault.target);
  bool is_read = read_member(members, "of", parse_fault_share, [&](double share) { fault.share = share; });
  is_read &= read_member(members, "from", parse_fault_time, [&](Duration time) { fault.from = time; });
  is_read &= read_member(members, "to", parse_fault_time, [&](Duration time) { fault.to = time; });
  const auto known = parse_proxy_action(action);
  if (!known) {
    members.fail("action", action.empty() ? "is missing, such as \"delay\" or \"cut answers\""
                                          : fmt::format("is wrong: {}", known.error().message));
    for (const char* name : {"delay", "rate", "status"}) members.node(name);  // members of some action
    return;
  }
  fault.action = *known;
  read_of_action(members, *known, fault);
  if (const auto checked = check(fault); is_read && !checked)
    members.fail("to", fmt::format("is wrong: {}", checked.error().message));
}

}  // namespace

void read_faults(TomlMembers& members, FaultPlan& faults) {
  members.tables("fault", [&](TomlMembers& it) { read_fault(it, faults.faults.emplace_back()); });
  members.tables("proxy_fault", [&](TomlMembers& it) { read_proxy_fault(it, faults.proxy.emplace_back()); });
}

}  // namespace sagactl
