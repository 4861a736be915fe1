#include "cli/messages/event_replay.hpp"

#include <algorithm>

#include "server/adapters/kafka/event_message.hpp"

namespace sagactl {
namespace {

bool is_within(const Event& event, const ReplaySelection& selection) {
  if (selection.since && event.occurred_at < *selection.since) return false;
  if (selection.until && event.occurred_at >= *selection.until) return false;
  return selection.types.empty() || selection.types.contains(event.type);
}

// The id of the selection that names the flow; null: none does.
const std::string* named_by(const Flow& flow, const ReplaySelection& selection) {
  const std::string id = flow.order.id.text();
  const auto found = std::find_if(selection.ids.begin(), selection.ids.end(), [&](const std::string& each) {
    return each == id || (flow.saga && (each == flow.saga->correlation || each == flow.saga->key));
  });
  return found == selection.ids.end() ? nullptr : &*found;
}

// Versions of an aggregate begin at 1 and have no gap.
std::int64_t missing_events(const std::vector<Event>& events) {
  // How many there are, and the last version. An order and its saga have the same id.
  std::map<std::pair<AggregateType, Uuid>, std::pair<std::int64_t, int>> aggregates;
  for (const Event& event : events) {
    auto& [count, last] = aggregates[{event.aggregate_type, event.aggregate}];
    ++count;
    last = std::max(last, event.version);
  }
  std::int64_t missing = 0;
  for (const auto& [aggregate, found] : aggregates) missing += found.second - found.first;
  return missing;
}

using SeeEvents = std::function<bool(const std::vector<Event>& all, std::vector<Event> selected, const Flow* flow)>;

std::vector<Event> selected_of(const std::vector<Event>& all, const ReplaySelection& selection) {
  std::vector<Event> selected;
  for (const Event& event : all)
    if (is_within(event, selection)) selected.push_back(event);
  return selected;
}

Result<void> each_selected(History& history, const ReplaySelection& selection, const SeeEvents& see) {
  if (selection.ids.empty()) {
    const auto stock = history.stock_events();
    if (!stock) return stock.error();
    std::vector<Event> selected = selected_of(*stock, selection);
    if (!selected.empty() && !see(selected, selected, nullptr)) return {};
  }
  // A flow's events are not older than the flow.
  const HistoryFilter filter{.until = selection.until};
  return history.each_flow(filter, [&](const FlowHistory& found) {
    if (!selection.ids.empty() && !named_by(found.flow, selection)) return true;
    std::vector<Event> selected = selected_of(found.events, selection);
    return selected.empty() || see(found.events, std::move(selected), &found.flow);
  });
}

}  // namespace

Result<ReplayCount> count_replay(History& history, const ReplaySelection& selection) {
  ReplayCount count;
  count.unknown_ids.insert(selection.ids.begin(), selection.ids.end());
  const auto visited = each_selected(
      history, selection, [&](const std::vector<Event>& all, const std::vector<Event>& selected, const Flow* flow) {
        count.events += static_cast<std::int64_t>(selected.size());
        for (const Event& event : selected) ++count.by_type[std::string(to_string(event.type))];
        if (!flow) return true;
        ++count.flows;
        count.missing += missing_events(all);
        if (const std::string* id = named_by(*flow, selection)) count.unknown_ids.erase(*id);
        return true;
      });
  if (!visited) return visited.error();
  return count;
}

Result<void> each_replayed(History& history, const ReplaySelection& selection, const std::string& topic, Timestamp now,
                           const std::function<bool(std::vector<kafka::Outgoing>)>& visit) {
  const std::string at = iso8601_ms(now);
  return each_selected(history, selection,
                       [&](const std::vector<Event>&, const std::vector<Event>& selected, const Flow*) {
                         std::vector<kafka::Outgoing> messages = kafka::to_messages(selected, "");
                         // A copy for a second topic would be the same message twice.
                         std::erase_if(messages, [](const kafka::Outgoing& message) {
                           return !message.headers.empty() && message.headers.front().first == kafka::copy_of_header;
                         });
                         for (kafka::Outgoing& message : messages) {
                           message.topic = topic;
                           message.headers.emplace_back(kafka::replayed_at_header, at);
                         }
                         return visit(std::move(messages));
                       });
}

}  // namespace sagactl
