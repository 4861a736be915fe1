#include "analysis/history/read_ahead.hpp"

#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "analysis/history/flow_queue.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t flows_per_part = 256;

Result<void> read_part(History& history, const HistoryFilter& filter, FlowQueue& queue, std::size_t part) {
  FlowBatch batch = queue.spare();
  auto done = history.each_flow(filter, [&](FlowHistory& flow) {
    batch.take(flow);
    if (!batch.is_full()) return true;
    const bool wanted = queue.put(part, std::move(batch));
    batch = queue.spare();
    return wanted;
  });
  if (batch.count > 0) queue.put(part, std::move(batch));
  return done;
}

void read_parts(History& history, HistoryFilter filter, const std::vector<FlowPart>& parts, FlowQueue& queue) {
  while (const auto part = queue.next_part()) {
    filter.part = parts[*part];
    queue.end(*part, read_part(history, filter, queue, *part));
  }
}

}  // namespace

Result<void> read_ahead(History& history, const HistoryFilter& filter,
                        const std::function<void(const FlowHistory&)>& visit,
                        const std::function<Result<void>(History&)>& read_rest) {
  const auto beside = history.beside();
  if (!beside) return beside.error();
  const auto parts = history.parts(flows_per_part);
  if (!parts) return parts.error();
  FlowQueue queue(parts->size());
  Result<void> rest;
  std::jthread reader([&] { read_parts(history, filter, *parts, queue); });
  std::optional<std::jthread> second;
  if (*beside)
    second.emplace([&] {
      rest = read_rest(**beside);
      read_parts(**beside, filter, *parts, queue);
    });
  // Also when `visit` throws, the readers end before the objects that they use are destroyed.
  struct CloseQueueOnExit {
    FlowQueue& queue;
    ~CloseQueueOnExit() { queue.close(); }
  } close_queue{queue};
  for (FlowBatch batch = queue.take(); batch.count > 0; batch = queue.take()) {
    for (std::size_t i = 0; i < batch.count; ++i) visit(batch.flows[i]);
    queue.recycle(std::move(batch));
  }
  const auto flows = queue.result();
  queue.close();
  reader.join();
  if (second) second->join();
  if (!flows) return flows;
  return second ? rest : read_rest(history);
}

}  // namespace sagactl
