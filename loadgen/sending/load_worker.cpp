#include "loadgen/sending/load_worker.hpp"

#include <algorithm>

#include "common/result.hpp"
#include "httpclient/content_coding.hpp"
#include "loadgen/sending/thread_tuning.hpp"

namespace sagactl {
namespace {

using Progress = NonblockingStream::Progress;

constexpr std::int64_t never_ns = INT64_MAX;
constexpr std::int64_t spin_margin_ns = 100'000;
constexpr std::int64_t tick_ns = 20'000'000;
constexpr std::int64_t flush_interval_ns = 200'000'000;
constexpr std::int64_t connect_limit_ns = 3'000'000'000;
constexpr std::int64_t stop_grace_ns = 1'000'000'000;
constexpr std::size_t input_size = 64 * 1024;
constexpr std::size_t other_answer_size_max = 4 * 1024;  // enough for FirstAnswers

}  // namespace

LoadWorker::LoadWorker(const LoadWorkerSetup& setup)
    : setup_(setup),
      inbox_(setup.messages == nullptr ? nullptr : std::make_shared<StepInbox>()),
      pool_(setup.targets, setup.connections, setup.streams, setup.first_target, setup.writer->size_max(),
            std::min(setup.timeout_ns, connect_limit_ns)),
      backlog_(setup.targets.size(), setup.backlog_max),
      journeys_(setup.plan->values()),
      log_(setup.epoch_offset_ns, setup.targets.size(), *setup.store),
      step_log_(setup.epoch_offset_ns, setup.targets.size(), *setup.step_store),
      input_(input_size),
      wanted_by_target_(setup.targets.size()),
      blocked_since_ns_(setup.targets.size()) {
  group_.reserve(setup.connections);
  if (inbox_) pool_.watch(inbox_->fd(), *inbox_);
  pool_.keep_answers_up_to(setup.plan->reads_body() ? answer_size_max : other_answer_size_max);
}

void LoadWorker::run(PhaseShare share, Pacing pacing, const std::stop_token& stop) {
  request_prompt_wakeups();
  share_ = std::move(share);
  pacing_ = pacing;
  next_ = 0;
  peeked_.reset();
  exhausted_ = false;
  stopping_ = false;
  const std::int64_t cpu_begin = thread_cpu_ns();
  const std::int64_t begin = steady_ns();
  while (true) {
    const std::int64_t now = steady_ns();
    if (!stopping_ && stop.stop_requested()) begin_stop(now);
    if (!stopping_) release(now);
    dispatch(steady_ns());
    flush();
    if (now >= next_tick_ns_) tick(now);
    time_out(now);
    if (is_done()) break;
    for (const epoll_event& event : pool_.wait(wait_until(now))) handle(event);
    // After the batch, since its events may belong to connections that this would use.
    for (const std::size_t target : failed_targets_) target_failed(target, steady_ns());
    failed_targets_.clear();
  }
  share_ = {};  // a long plan needs much memory
  next_ = 0;
  health_.cpu_ns += thread_cpu_ns() - cpu_begin;
  health_.run_ns += steady_ns() - begin;
}

bool LoadWorker::is_done() const {
  if (in_flight_ > 0) return false;
  if (stopping_) return true;
  const bool all_released = share_.units == nullptr ? next_ == share_.plan.size() : exhausted_;
  return all_released && backlog_.requests() == 0 && journeys_.paused() == 0;
}

void LoadWorker::release(std::int64_t now) {
  release_paused(now);
  if (share_.units == nullptr) {
    release_planned(now);
  } else {
    release_next(now);
  }
}

void LoadWorker::release_planned(std::int64_t now) {
  for (; next_ < share_.plan.size() && share_.plan[next_].planned_ns <= now; ++next_)
    begin(share_.plan[next_].unit, share_.plan[next_].planned_ns, now);
}

void LoadWorker::release_paused(std::int64_t now) {
  while (const auto due = journeys_.take_due(now)) admit(due->place, due->due_ns, now);
}

void LoadWorker::release_next(std::int64_t now) {
  while (!exhausted_) {
    if (!peeked_ && now < share_.end_ns) peeked_ = share_.units->next();
    if (!peeked_ || now >= share_.end_ns) {
      exhausted_ = true;
      return;
    }
    const std::uint32_t occupied = journeys_.requests();
    if (occupied > 0 && occupied + peeked_->count > share_.slots) return;
    begin(*peeked_, now, now);
    peeked_.reset();
  }
}

// Another reachable address of the same host; without one, the target itself.
std::size_t LoadWorker::other_address(std::size_t target) const {
  const std::size_t targets = setup_.targets.size();
  for (std::size_t i = 1; i < targets; ++i) {
    const std::size_t other = (target + i) % targets;
    if (setup_.targets[other].host == setup_.targets[target].host && !pool_.is_failing(other)) return other;
  }
  return target;
}

std::size_t LoadWorker::queue_of(std::uint64_t operation) const {
  const std::size_t target = operation % setup_.targets.size();
  return pool_.is_failing(target) ? other_address(target) : target;
}

std::int64_t LoadWorker::wait_until(std::int64_t now) const {
  std::int64_t until = next_tick_ns_;
  if (!stopping_) until = std::min(until, journeys_.next_ns() - (pacing_ == Pacing::spin ? spin_margin_ns : 0));
  if (!stopping_ && share_.units == nullptr && next_ < share_.plan.size()) {
    const std::int64_t margin = pacing_ == Pacing::spin ? spin_margin_ns : 0;
    until = std::min(until, share_.plan[next_].planned_ns - margin);
  }
  if (const LoadConnection* oldest = pool_.oldest_busy()) {
    until = std::min(until, oldest->since_ns + setup_.timeout_ns);
  }
  // A closed loop that can start a unit must not sleep.
  const bool idle_closed_loop = share_.units != nullptr && !stopping_ && !exhausted_ && journeys_.requests() == 0;
  return idle_closed_loop ? now : until;
}

void LoadWorker::handle(const epoll_event& event) {
  auto* const source = static_cast<EventSource*>(event.data.ptr);
  if (source->source_kind == EventSource::Kind::link) return handle(static_cast<Http2Link&>(*source));
  if (source->source_kind == EventSource::Kind::inbox) return take_reports(steady_ns());
  handle(static_cast<LoadConnection&>(*source), event.events);
}

void LoadWorker::handle(LoadConnection& connection, std::uint32_t events) {
  switch (connection.state) {
    case ConnectionState::down:
      return;
    case ConnectionState::connecting:
      if (pool_.continue_opening(connection, steady_ns()) != ConnectionPool::Opening::failed) return;
      setup_.plan->step(setup_.plan->creating_step())
          .first_answers.note(FirstAnswers::no_connection, connection.stream.reason(), {});
      failed_targets_.push_back(connection.target);
      return;
    case ConnectionState::idle:
      if (!pool_.is_still_idle(connection)) pool_.drop(connection, steady_ns());
      return;
    case ConnectionState::busy:
      if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0) {
        receive(connection, (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
      } else if ((events & EPOLLOUT) != 0) {
        transmit(connection);
      }
      return;
  }
}

void LoadWorker::receive(LoadConnection& connection, bool peer_closed) {
  bool may_be_more = true;
  while (may_be_more && connection.state == ConnectionState::busy) {
    const auto [progress, bytes] = connection.stream.read(input_.data(), input_.size());
    if (progress == Progress::wants_read || progress == Progress::wants_write) return;
    // epoll reports neither what TLS has read already, nor again what a full buffer leaves behind, nor again that the
    // server has closed the connection.
    may_be_more = connection.stream.holds_received() || bytes == input_.size() || (peer_closed && bytes > 0);
    received(connection, {input_.data(), bytes}, peer_closed);
  }
  const bool has_rest = may_be_more && connection.state == ConnectionState::idle;
  if (has_rest && !pool_.is_still_idle(connection)) pool_.drop(connection, steady_ns());
}

// No bytes: the server has closed the connection.
void LoadWorker::received(LoadConnection& connection, std::string_view bytes, bool peer_closed) {
  const std::int64_t now = steady_ns();
  if (!bytes.empty() && connection.times.first_byte_ns == 0) connection.times.first_byte_ns = now;
  switch (bytes.empty() ? connection.answer.end() : connection.answer.feed(bytes)) {
    case AnswerState::done:
      conclude(connection, now, peer_closed);
      return;
    case AnswerState::bad:
      setup_.plan->step(connection.entry.step)
          .first_answers.note(FirstAnswers::unreadable, is_tls_record(bytes) ? "TLS: write https:// in --url" : bytes,
                              {});
      fail(connection, TransportFailure::unreadable, now);
      return;
    case AnswerState::more:
      if (bytes.empty()) fail(connection, TransportFailure::closed, now);
      return;
  }
}

// Drops the first unit of a queue; its requests from the `already_sent`-th on are unreached.
void LoadWorker::drop_waiting(std::size_t queue, std::size_t already_sent, TransportFailure failure, std::int64_t now) {
  const DueUnit due = *backlog_.front(queue);
  backlog_.pop(queue);
  drop(due, already_sent, failure, now);
}

void LoadWorker::drop(const DueUnit& due, std::size_t already_sent, TransportFailure failure, std::int64_t now) {
  if (already_sent == 0) count_own_lateness(due);
  for (std::size_t member = already_sent; member < due.unit.count; ++member) {
    LedgerEntry entry = entry_of(due, static_cast<std::uint32_t>(member));
    entry.outcome = RequestOutcome::unreached;
    entry.failure = failure;
    entry.step_end = follow(entry, due.journey, false, now);
    keep(entry, {due.planned_ns, 0, 0, now});
  }
}

// A connection attempt failed. Units that wait for a target without any connection are unreached, and a group with too
// few connections is sent over those that exist.
void LoadWorker::target_failed(std::size_t target, std::int64_t now) {
  const std::size_t other = other_address(target);
  while (other != target && backlog_.front(target) != nullptr) {
    const DueUnit moved = *backlog_.front(target);
    backlog_.pop(target);
    backlog_.push(other, moved);
  }
  if (pool_.connected_to(target) == 0) {
    while (backlog_.front(target) != nullptr) drop_waiting(target, 0, TransportFailure::no_connection, now);
  }
  const std::size_t queue = backlog_.group_queue();
  while (const DueUnit* group = backlog_.front(queue)) {
    const std::size_t usable = pool_.idle();
    if (usable >= group->unit.count || pool_.more_may_come()) return;
    if (usable > 0) send_group(*group, usable);
    drop_waiting(queue, usable, TransportFailure::no_connection, now);
  }
}

void LoadWorker::tick(std::int64_t now) {
  next_tick_ns_ = now + tick_ns;
  if (setup_.store->has_tap() && now >= next_flush_ns_) {
    flush_entries();
    next_flush_ns_ = now + flush_interval_ns;
  }
  pool_.tick(now, [&](std::size_t target) { target_failed(target, now); });
  end_overdue_messages(now);
  // No request waits for an address whose host has others, so it is retried here until it is reachable.
  for (std::size_t target = 0; target < setup_.targets.size(); ++target)
    if (pool_.is_failing(target) && other_address(target) != target) want(target, 1, now);
  for (std::size_t queue = 0; queue < backlog_.queues(); ++queue) {
    const DueUnit* due = backlog_.front(queue);
    while (due != nullptr && now - due->planned_ns > setup_.timeout_ns) {
      drop_waiting(queue, 0, TransportFailure::timed_out, now);
      due = backlog_.front(queue);
    }
  }
}

void LoadWorker::time_out(std::int64_t now) {
  const bool grace_is_over = stopping_ && now >= stop_limit_ns_;
  while (LoadConnection* oldest = pool_.oldest_busy()) {
    if (!grace_is_over && now - oldest->since_ns < setup_.timeout_ns) return;
    fail(*oldest, TransportFailure::timed_out, now);
  }
}

void LoadWorker::begin_stop(std::int64_t now) {
  stopping_ = true;
  stop_limit_ns_ = now + stop_grace_ns;
  for (std::size_t queue = 0; queue < backlog_.queues(); ++queue) {
    while (const DueUnit* due = backlog_.front(queue)) {
      journeys_.close(due->journey);
      backlog_.pop(queue);
    }
  }
  journeys_.close_paused();
}

WorkerHealth LoadWorker::take_health() {
  WorkerHealth taken = std::move(health_);
  taken.handshakes = pool_.take_handshakes();
  health_ = WorkerHealth{};
  return taken;
}

}  // namespace sagactl
