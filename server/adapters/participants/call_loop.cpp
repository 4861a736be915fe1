#include "server/adapters/participants/call_loop.hpp"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "server/adapters/participants/call_text.hpp"

namespace sagactl {
namespace {

constexpr const char* stopping = "this node is stopping";
constexpr const char* withdrawn_reason = "the saga does not want it any more";
constexpr std::size_t events_max = 256;

bool is_withdrawable(const ParticipantCall& call, SagaId saga) {
  return call.call.saga == saga && call.call.direction == Direction::action && !call.is_question;
}

void add(ParticipantStats& to, const ParticipantStats& more) {
  to.calls += more.calls;
  to.failures += more.failures;
  to.running += more.running;
  to.waiting += more.waiting;
  to.is_open = to.is_open || more.is_open;
  to.took_total += more.took_total;
}

}  // namespace

CallLoop::Inbox::Inbox() : event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event < 0) crash("no eventfd for the calls to participants");
}

CallLoop::Inbox::~Inbox() {
  ::close(event);
}

void CallLoop::Inbox::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(event, &one, sizeof one);
}

CallLoop::CallLoop(ParticipantCallerOptions options, AllowList allow, std::optional<CallProxy> proxy, Clock& clock)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      inbox_(std::make_shared<Inbox>()),
      parts_(std::move(options), std::move(allow), std::move(proxy), clock, epoll_) {
  inbox_->node_url = parts_.options.node_url;
  parts_.take_withdrawals = [this] { take_withdrawals(); };
  parts_.deliver = [inbox = inbox_](std::uint64_t target, Result<Addresses> found) {
    const std::lock_guard lock(inbox->mutex);
    inbox->resolved.emplace_back(target, std::move(found));
    inbox->wake();
  };
  epoll_event interest{};
  interest.events = EPOLLIN | EPOLLET;  // so that it need not be read
  interest.data.ptr = nullptr;
  if (epoll_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, inbox_->event, &interest) != 0)
    crash("no epoll for the calls to participants");
  thread_ = std::thread([this] { run(); });
}

CallLoop::~CallLoop() {
  {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->is_stopping = true;
  }
  inbox_->wake();
  thread_.join();
  targets_.clear();
  ::close(epoll_);
}

void CallLoop::call(PendingCalls call) {
  bool wakes = false;
  {
    const std::lock_guard lock(inbox_->mutex);
    if (!inbox_->is_stopping) {
      inbox_->calls.splice(inbox_->calls.end(), call);
      wakes = !std::exchange(inbox_->is_awake, true);
    }
  }
  if (!call.empty()) return call.front().refuse(stopping);
  if (wakes) inbox_->wake();
}

void CallLoop::withdraw(SagaId saga) {
  PendingCalls refused;
  {
    const std::lock_guard lock(inbox_->mutex);
    for (auto it = inbox_->calls.begin(); it != inbox_->calls.end();) {
      const auto next = std::next(it);
      if (is_withdrawable(it->call, saga)) refused.splice(refused.end(), inbox_->calls, it);
      it = next;
    }
    inbox_->withdrawn.push_back(saga);
    inbox_->has_withdrawn = true;
    if (!std::exchange(inbox_->is_awake, true)) inbox_->wake();
  }
  for (PendingCall& call : refused) call.refuse(withdrawn_reason);
}

void CallLoop::set_node_url(std::string url) {
  const std::lock_guard lock(inbox_->mutex);
  inbox_->node_url = std::move(url);
}

void CallLoop::set_guard(std::function<bool()> may_begin) {
  const std::lock_guard lock(inbox_->mutex);
  parts_.may_begin = std::move(may_begin);
}

std::vector<ParticipantStats> CallLoop::stats() const {
  const std::lock_guard lock(targets_mutex_);
  std::vector<ParticipantStats> all;
  for (const auto& [key, target] : targets_) {
    ParticipantStats one = target->stats();
    const auto same = std::find_if(all.begin(), all.end(), [&](const ParticipantStats& it) {
      return it.definition == one.definition && it.participant == one.participant;
    });
    if (same == all.end())
      all.push_back(std::move(one));
    else
      add(*same, one);
  }
  return all;
}

void CallLoop::run() {
  sigset_t broken;  // OpenSSL writes to closed connections
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken, nullptr);
  for (;;) {
    wait_for_events();
    read_inbox();
    if (is_stopping_) break;
    const SteadyTime now = parts_.clock.steady();
    if (now >= turn_at_) turn(now);
    for (CallConnection* connection : parts_.closed) connection->target().destroy(*connection);
    parts_.closed.clear();
  }
  stop();
}

void CallLoop::wait_for_events() {
  std::array<epoll_event, events_max> events;
  bool has_work = false;
  {
    const std::lock_guard lock(inbox_->mutex);
    has_work = !inbox_->calls.empty() || !inbox_->withdrawn.empty() || inbox_->is_stopping;
    inbox_->is_awake = has_work;
  }
  constexpr int tick_ms = static_cast<int>(DeadlineWheel::tick.count() / 1000);
  const bool has_deadlines = parts_.wheel.size() > 0 || parts_.waiting > 0;
  const int count = ::epoll_wait(epoll_, events.data(), events_max, has_work ? 0 : has_deadlines ? tick_ms : -1);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr) static_cast<CallConnection*>(event.data.ptr)->on_event(event.events);
  }
}

void CallLoop::read_inbox() {
  std::vector<SagaId> withdrawn;
  std::vector<std::pair<std::uint64_t, Result<Addresses>>> resolved;
  {
    const std::lock_guard lock(inbox_->mutex);
    arriving_.swap(inbox_->calls);
    withdrawn.swap(inbox_->withdrawn);
    inbox_->has_withdrawn = false;
    resolved.swap(inbox_->resolved);
    if (parts_.node_url != inbox_->node_url) parts_.node_url = inbox_->node_url;
    inbox_->is_awake = true;
    is_stopping_ = inbox_->is_stopping;
  }
  if (is_stopping_) return;
  // Those that arrived before their withdrawal are not among `arriving_`.
  for (const SagaId saga : withdrawn) withdraw_waiting(saga);
  const SteadyTime now = parts_.clock.steady();
  while (!arriving_.empty()) {
    take_withdrawals();
    if (arriving_.empty()) break;
    PendingCalls call;
    call.splice(call.begin(), arriving_, arriving_.begin());
    submit(std::move(call), now);
  }
  for (auto& [number, found] : resolved)
    if (const auto it = by_number_.find(number); it != by_number_.end()) it->second->addresses_found(std::move(found));
}

// Those of calls that this thread has, which are older than the withdrawals.
void CallLoop::take_withdrawals() {
  if (!inbox_->has_withdrawn) return;
  std::vector<SagaId> withdrawn;
  {
    const std::lock_guard lock(inbox_->mutex);
    withdrawn.swap(inbox_->withdrawn);
    inbox_->has_withdrawn = false;
  }
  for (const SagaId saga : withdrawn) {
    withdraw_waiting(saga);
    for (auto it = arriving_.begin(); it != arriving_.end();) {
      const auto next = std::next(it);
      if (is_withdrawable(it->call, saga)) {
        PendingCalls refused;
        refused.splice(refused.begin(), arriving_, it);
        refused.front().refuse(withdrawn_reason);
      }
      it = next;
    }
  }
}

void CallLoop::withdraw_waiting(SagaId saga) {
  for (auto it = parts_.waiting_actions.find(saga); it != parts_.waiting_actions.end();
       it = parts_.waiting_actions.find(saga))
    it->second.target->withdraw(it->second.call, withdrawn_reason);
}

void CallLoop::submit(PendingCalls call, SteadyTime now) {
  PendingCall& it = call.front();
  if (!it.call.definition || it.call.participant >= it.call.definition->participants.size())
    return it.refuse("its definition has no such participant");
  if (!it.call.command.empty()) return it.refuse("it is asked by message, and this node has no Kafka for it");
  if (ParticipantTarget* target = target_of(it.call)) return target->submit(std::move(call), now);
  it.refuse("'" + it.call.url + "' is no URL that can be called: write http://host/path or https://host/path");
}

// Null when the URL is none. Calls of one participant with other settings, as a later version of its definition may
// have them, are another target's.
ParticipantTarget* CallLoop::target_of(const ParticipantCall& call) {
  const ParticipantDefinition& it = call.definition->participants[call.participant];
  const std::string_view origin = origin_of(call.url);
  key_.assign(origin);
  for (const std::string* part :
       {&call.definition->name, &it.name, &it.url, &it.ca, &it.certificate, &it.key, &it.secret})
    key_.append(1, '\0').append(*part);
  const std::int64_t numbers[] = {call.timeout.count(), static_cast<std::int64_t>(it.concurrency)};
  key_.append(reinterpret_cast<const char*>(numbers), sizeof numbers);
  if (const auto found = targets_.find(key_); found != targets_.end()) return found->second.get();
  auto url = parse_http_url(origin);
  if (!url) return nullptr;
  auto made = std::make_unique<ParticipantTarget>(parts_, ++targets_made_, std::move(*url), call);
  ParticipantTarget* const target = made.get();
  by_number_.emplace(target->number(), target);
  const std::lock_guard lock(targets_mutex_);
  targets_.emplace(key_, std::move(made));
  return target;
}

void CallLoop::turn(SteadyTime now) {
  turn_at_ = now + DeadlineWheel::tick;
  due_.clear();
  parts_.wheel.turn(now, due_);
  for (WheelEntry* entry : due_) {
    auto& connection = *static_cast<CallConnection*>(entry);
    // It may have got another deadline since, by what happened to one before it.
    if (!connection.is_closed() && !connection.is_linked()) connection.expire(now);
  }
  if (parts_.waiting > 0)
    for (const auto& [key, target] : targets_) target->turn(now);
  if (now >= forget_at_) forget_targets(now);
}

void CallLoop::forget_targets(SteadyTime now) {
  forget_at_ = now + 10s;
  const std::lock_guard lock(targets_mutex_);
  std::erase_if(targets_, [&](const auto& entry) {
    const bool is_forgotten = entry.second->is_forgotten(now);
    if (is_forgotten) by_number_.erase(entry.second->number());
    return is_forgotten;
  });
}

void CallLoop::stop() {
  for (PendingCall& call : arriving_) call.refuse(stopping);
  arriving_.clear();
  for (const auto& [key, target] : targets_) target->stop(stopping);
  parts_.closed.clear();
}

}  // namespace sagactl
