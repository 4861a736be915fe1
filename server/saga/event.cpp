#include "server/saga/event.hpp"

#include <algorithm>
#include <tuple>

#include "common/text/json_object.hpp"

namespace sagactl {

void sort_by_time(std::vector<Event>& events) {
  const auto before = [](const Event& a, const Event& b) {
    return std::tie(a.occurred_at, a.node, a.sequence) < std::tie(b.occurred_at, b.node, b.sequence);
  };
  // Moving events costs more than to see that they are in order, as those of one node are.
  if (!std::is_sorted(events.begin(), events.end(), before)) std::sort(events.begin(), events.end(), before);
}

std::string requested_by(const std::string& user) {
  return user.empty() ? std::string() : JsonObject().add("by", user).take();
}

}  // namespace sagactl
