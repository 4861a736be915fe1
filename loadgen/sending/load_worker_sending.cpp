// How the worker gives connections to the requests that are due, and sends them.
#include <algorithm>

#include "loadgen/sending/load_worker.hpp"

namespace sagactl {
namespace {

using Progress = NonblockingStream::Progress;

}  // namespace

void LoadWorker::count_own_lateness(const DueUnit& due) {
  for (std::uint32_t i = 0; i < due.unit.count; ++i) health_.own_lateness.record_us(due.own_late_ns / 1000);
}

void LoadWorker::want(std::size_t target, std::size_t connections, std::int64_t now) {
  if (!pool_.want(target, connections, now)) failed_targets_.push_back(target);
}

// Gives idle connections to waiting units in the order of their arrival, and opens connections for those that find
// none. A single order does not overtake a group that waits for its last connection; that delay is the generator's own
// lateness.
void LoadWorker::dispatch(std::int64_t now) {
  bool moved = backlog_.requests() > 0;
  while (moved) {
    moved = false;
    const DueUnit* group = backlog_.front(backlog_.group_queue());
    for (std::size_t target = 0; target < setup_.targets.size(); ++target) {
      pool_.drop_expired(target, now);
      while (const DueUnit* single = backlog_.front(target)) {
        const bool blocked = group != nullptr && group->unit.operation < single->unit.operation;
        if (blocked && pool_.has_idle(target) && blocked_since_ns_[target] == 0) blocked_since_ns_[target] = now;
        if (blocked) break;
        if (!pool_.has_idle(target)) {
          want(target, backlog_.length(target), now);
          if (!pool_.has_idle(target)) break;
        }
        send_single(target, *single, now);
        backlog_.pop(target);
        moved = true;
      }
      const bool still_blocked = group != nullptr && backlog_.front(target) != nullptr &&
                                 group->unit.operation < backlog_.front(target)->unit.operation;
      if (!still_blocked) blocked_since_ns_[target] = 0;
    }
    if (group != nullptr && is_ready(*group, now)) {
      send_group(*group, group->unit.count);
      backlog_.pop(backlog_.group_queue());
      moved = true;
    }
  }
}

// Opens the connections that a group lacks, distributed over the reachable targets. A group that has enough idle
// connections elsewhere is ready when none of these is being opened.
bool LoadWorker::is_ready(const DueUnit& group, std::int64_t now) {
  const std::size_t targets = setup_.targets.size();
  std::fill(wanted_by_target_.begin(), wanted_by_target_.end(), 0);
  bool all_failing = true;
  for (std::size_t target = 0; target < targets; ++target) all_failing = all_failing && pool_.is_failing(target);
  std::size_t dealt = 0, passed = 0;
  for (std::size_t target = group.unit.operation % targets; dealt < group.unit.count && passed < targets;
       target = (target + 1) % targets) {
    const bool takes_one =
        (all_failing || !pool_.is_failing(target)) && wanted_by_target_[target] < pool_.size_to(target);
    passed = takes_one ? 0 : passed + 1;
    wanted_by_target_[target] += takes_one;
    dealt += takes_one;
  }
  bool more_connecting = false;
  for (std::size_t target = 0; target < targets; ++target) {
    const std::size_t idle = pool_.idle_to(target);
    if (wanted_by_target_[target] <= idle) continue;
    want(target, wanted_by_target_[target] - idle, now);
    more_connecting = more_connecting || pool_.connecting_to(target) > 0;
  }
  return pool_.idle() >= group.unit.count && !more_connecting;
}

void LoadWorker::send_single(std::size_t target, const DueUnit& due, std::int64_t now) {
  DueUnit sent = due;
  if (blocked_since_ns_[target] != 0)
    sent.own_late_ns +=
        std::max<std::int64_t>(0, now - std::max(blocked_since_ns_[target], due.planned_ns + due.own_late_ns));
  count_own_lateness(sent);
  LoadConnection& connection = pool_.take(target, now);
  prepare(connection, sent, 0);
  transmit(connection);
}

// Prepares all requests before the first is sent, each to the next target with an idle connection.
void LoadWorker::send_group(const DueUnit& due, std::size_t connections) {
  const std::size_t targets = setup_.targets.size();
  const std::int64_t now = steady_ns();
  count_own_lateness(due);
  group_.clear();
  for (std::size_t target = due.unit.operation % targets; group_.size() < connections;
       target = (target + 1) % targets) {
    if (!pool_.has_idle(target)) continue;
    group_.push_back(&pool_.take(target, now));
    prepare(*group_.back(), due, static_cast<std::uint32_t>(group_.size() - 1));
  }
  for (LoadConnection* connection : group_) transmit(*connection);
}

std::uint16_t LoadWorker::user_for(const LoadUnit& unit, std::uint64_t operation) const {
  const std::uint64_t of_journey = setup_.plan->has_one_user() ? unit.operation : operation;
  return user_of(setup_.seed, setup_.same_user_in_group ? unit.group : of_journey, setup_.users);
}

LedgerEntry LoadWorker::entry_of(const DueUnit& due, std::uint32_t member) {
  LedgerEntry entry;
  entry.operation = due.unit.operation + member;
  entry.group = due.unit.group;
  entry.phase = share_.phase;
  entry.target = static_cast<std::uint16_t>(entry.operation % setup_.targets.size());
  entry.user = user_for(due.unit, entry.operation);
  entry.kind = due.unit.kind;
  entry.step = journeys_.at(due.journey).step;
  entry.member = static_cast<std::uint16_t>(member);
  return entry;
}

PlannedOrder LoadWorker::order_of(const DueUnit& due, const LedgerEntry& entry) {
  const RunningJourney& journey = journeys_.at(due.journey);
  PlannedOrder order;
  order.operation = entry.operation;
  order.group = due.unit.group;
  order.kind = due.unit.kind;
  order.user = entry.user;
  order.target = entry.target;
  order.journey = due.unit.journey;
  order.step = journey.step;
  order.repeat = journey.repeat;
  order.values = &journey.values;
  if (setup_.plan->cookies() == CookieUse::journey) order.jar = &journey.jar;
  return order;
}

EntryLog& LoadWorker::log_of(const LedgerEntry& entry) {
  return setup_.plan->step(entry.step).creates ? log_ : step_log_;
}

// A single request is not part of a journey: it has no steps.
void LoadWorker::keep(LedgerEntry& entry, const RequestTimes& times) {
  if (setup_.plan->size() == 1) {
    entry.step_end = StepEnd::last;
    entry.member = 0;
  }
  log_of(entry).keep(entry, times);
}

void LoadWorker::prepare(LoadConnection& connection, const DueUnit& due, std::uint32_t member) {
  connection.journey = due.journey;
  connection.entry = entry_of(due, member);
  connection.entry.target = connection.target;
  connection.times = {};
  connection.times.planned_ns = due.planned_ns;
  connection.out_size = setup_.writer->write(order_of(due, connection.entry), connection.out);
  connection.out_done = 0;
  connection.answer.want(setup_.plan->step(connection.entry.step).answers.headers());
  connection.answer.reset();
  ++in_flight_;
}

void LoadWorker::transmit(LoadConnection& connection) {
  const bool is_rest = connection.times.sent_ns != 0;
  if (!is_rest) {
    connection.times.sent_ns = steady_ns();
    // A closed loop has no plan: a request is due when it is sent.
    if (share_.units != nullptr) connection.times.planned_ns = connection.times.sent_ns;
  }
  if (connection.link) {
    log_of(connection.entry).count_sent();
    return pool_.submit(connection);
  }
  const auto [progress, bytes] =
      connection.stream.write({connection.out.data() + connection.out_done, connection.out_size - connection.out_done});
  if (progress == Progress::failed || progress == Progress::closed) {
    if (!is_rest) connection.times.sent_ns = 0;  // the kernel took nothing: it was never sent
    fail(connection, TransportFailure::closed, steady_ns());
    return;
  }
  if (!is_rest) log_of(connection.entry).count_sent();
  connection.out_done += bytes;
  const bool is_complete = connection.out_done == connection.out_size;
  if (!is_complete || is_rest) pool_.watch_writing(connection, !is_complete);
}

}  // namespace sagactl
