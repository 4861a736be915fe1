#include "loadgen/messages/message_routes.hpp"

#include <fmt/format.h>

namespace sagactl {

void MessageRoutes::add(const MessagePlan& plan) {
  routes_.try_emplace(&plan);
}

void MessageRoutes::report(const StepInProgress& step, const SharedMessage& message) {
  StepReport found = step.report();
  found.message = message;
  found.at_ns = message->at_ns;
  step.inbox->put(std::move(found));
}

void MessageRoutes::wait(StepInProgress step) {
  const std::lock_guard lock(mutex_);
  Route& route = routes_.at(step.plan);
  const std::string value = step.texts[step.plan->distinguishing];
  const auto [first, last] = route.kept_by_value.equal_range(value);
  auto oldest = last;
  for (auto it = first; it != last; ++it) {
    const bool is_older = oldest == last || it->second->message->at_ns < oldest->second->message->at_ns;
    if (is_older && step.is_met_by(*it->second->message)) oldest = it;
  }
  if (oldest != last) {
    report(step, oldest->second->message);
    return drop(route, oldest->second);
  }
  route.values.emplace(step.ticket, value);
  route.waiting.emplace(value, std::move(step));
}

CancelledStep MessageRoutes::cancel(const MessagePlan& plan, StepTicket ticket) {
  const std::lock_guard lock(mutex_);
  Route& route = routes_.at(&plan);
  const auto value = route.values.find(ticket);
  if (value == route.values.end()) return {};
  const auto [first, last] = route.waiting.equal_range(value->second);
  for (auto it = first; it != last; ++it) {
    if (it->second.ticket != ticket) continue;
    route.waiting.erase(it);
    break;
  }
  route.values.erase(value);
  CancelledStep cancelled;
  cancelled.what_came = route.came == 0 ? fmt::format("nothing came to {}", plan.step.topic)
                                        : fmt::format("{} messages came to {}, the last: {}", route.came,
                                                      plan.step.topic, excerpt_of(*route.last));
  if (route.dropped > 0)
    cancelled.what_came += fmt::format("; {} that no step had waited for were dropped", route.dropped);
  return cancelled;
}

void MessageRoutes::received(const std::string& topic, SharedMessage message) {
  const std::lock_guard lock(mutex_);
  std::string room;
  for (auto& [plan, route] : routes_) {
    if (plan->step.topic != topic) continue;
    ++route.came;
    route.last = message;
    const auto found = plan->tests[plan->distinguishing].value_in(*message, room);
    if (!found) continue;
    std::string value(*found);
    if (!give(route, value, message)) keep(route, std::move(value), message);
  }
}

bool MessageRoutes::give(Route& route, const std::string& value, const SharedMessage& message) {
  const auto [first, last] = route.waiting.equal_range(value);
  for (auto it = first; it != last; ++it) {
    if (!it->second.is_met_by(*message)) continue;
    report(it->second, message);
    route.values.erase(it->second.ticket);
    route.waiting.erase(it);
    return true;
  }
  return false;
}

void MessageRoutes::keep(Route& route, std::string value, SharedMessage message) {
  const std::int64_t now = message->at_ns;
  route.kept_size += message->size();
  route.kept.push_back({std::move(message), std::move(value)});
  const auto kept = std::prev(route.kept.end());
  route.kept_by_value.emplace(kept->value, kept);
  while (!route.kept.empty()) {
    const auto oldest = route.kept.begin();
    const bool is_over = route.kept.size() > limits_.kept_max || route.kept_size > limits_.kept_size_max;
    const bool is_old = now - oldest->message->at_ns > limits_.kept_for_ns;
    if (!is_over && !is_old) return;
    drop(route, oldest);
    ++route.dropped;
  }
}

void MessageRoutes::drop(Route& route, KeptList::iterator kept) {
  const auto [first, last] = route.kept_by_value.equal_range(kept->value);
  for (auto it = first; it != last; ++it) {
    if (it->second != kept) continue;
    route.kept_by_value.erase(it);
    break;
  }
  route.kept_size -= kept->message->size();
  route.kept.erase(kept);
}

}  // namespace sagactl
