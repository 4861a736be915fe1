#include "server/adapters/participants/participant_target.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/participants/call_text.hpp"

namespace sagactl {
namespace {

// Files that were replaced, and names that have other addresses now, are used by connections that are opened after this
// time.
constexpr Duration files_time = 30s, addresses_time = 5s;
constexpr Duration forgotten_after = 5min;

// Of one thread's counters, which others read.
template <class Number, class Change>
void count(std::atomic<Number>& counter, Change change) {
  counter.store(counter.load(std::memory_order_relaxed) + static_cast<Number>(change), std::memory_order_relaxed);
}

}  // namespace

ParticipantTarget::ParticipantTarget(LoopParts& parts, std::uint64_t number, Url url, const ParticipantCall& call)
    : parts_(parts),
      number_(number),
      url_(std::move(url)),
      host_header_(url_.host_header()),
      definition_(call.definition->name),
      participant_(call.definition->participants[call.participant]),
      is_own_(origin_of(participant_.url) == origin_of(call.url)),
      listing_(parts.allow.listing_of(url_.host, url_.port)),
      proxy_(parts.proxy && parts.proxy->is_for(url_) ? &*parts.proxy : nullptr),
      breaker_(number ^ static_cast<std::uint64_t>(parts.clock.steady().us)) {
  if (listing_ == HostListing::no) forbidden_ = not_allowed(origin());
  boost::system::error_code is_name;
  const auto address = boost::asio::ip::make_address(url_.host, is_name);
  if (!is_name && !parts.allow.allows(address, url_.port, listing_)) forbidden_ = not_allowed(origin());
  // What its name leads to is known to the proxy alone.
  if (is_name && proxy_ && listing_ != HostListing::by_name)
    forbidden_ = not_allowed(origin() + " through a proxy, as its host is not listed by its name");
  const auto peer_address = boost::asio::ip::make_address(peer_host(), is_name);
  if (is_name) return;
  addresses_ = {peer_address};
  resolved_at_ = never_due;
}

std::string ParticipantTarget::not_allowed(const std::string& what) const {
  return fmt::format("this node may not call {}; it may call {} (--participants-allow)", what, parts_.allow.text());
}

ParticipantTarget::~ParticipantTarget() = default;

void ParticipantTarget::submit(PendingCalls call, SteadyTime now) {
  used_at_ = now;
  PendingCall& it = call.front();
  if (!forbidden_.empty()) return it.refuse(forbidden_);
  if (running_ < participant_.concurrency && waiting_.empty()) return begin(std::move(call), now);
  if (waiting_.size() >= parts_.options.waiting_max)
    return it.refuse(fmt::format("{} calls to it wait already, and {} run", waiting_.size(), running_));
  enqueue(std::move(call));
  pump(now);
}

void ParticipantTarget::enqueue(PendingCalls call) {
  const auto it = call.begin();
  it->arrived = used_at_;
  waiting_.splice(waiting_.end(), call);
  const ParticipantCall& waits = it->call;
  if (waits.call.direction == Direction::action && !waits.is_question)
    parts_.waiting_actions.emplace(waits.call.saga, WaitingAction{this, it});
  ++parts_.waiting;
  counters_.waiting.store(waiting_.size(), std::memory_order_relaxed);
}

PendingCalls ParticipantTarget::dequeue(PendingCalls::iterator call) {
  const auto [first, last] = parts_.waiting_actions.equal_range(call->call.call.saga);
  for (auto it = first; it != last; ++it) {
    if (it->second.call != call) continue;
    parts_.waiting_actions.erase(it);
    break;
  }
  PendingCalls taken;
  taken.splice(taken.begin(), waiting_, call);
  --parts_.waiting;
  counters_.waiting.store(waiting_.size(), std::memory_order_relaxed);
  return taken;
}

void ParticipantTarget::withdraw(PendingCalls::iterator call, const std::string& reason) {
  dequeue(call).front().refuse(reason);
}

// Begins calls while there is room. A call that ends at once comes back here: then the loop goes on, not the stack.
void ParticipantTarget::pump(SteadyTime now) {
  if (is_pumping_) return;
  is_pumping_ = true;
  while (running_ < participant_.concurrency && !waiting_.empty()) {
    parts_.take_withdrawals();
    if (waiting_.empty()) break;
    begin(dequeue(waiting_.begin()), now);
  }
  is_pumping_ = false;
}

void ParticipantTarget::begin(PendingCalls call, SteadyTime now) {
  PendingCall& it = call.front();
  if (parts_.may_begin && !parts_.may_begin()) return it.refuse("this node may not call anybody now");
  if (auto read = read_files(now); !read) return it.refuse(read.error().message);
  std::string& request = parts_.request;
  request.clear();
  const NodeSigns signs{parts_.clock.now(), is_own_ && !parts_.node_url.empty() ? &parts_.node_url : nullptr,
                        parts_.tokens ? &*parts_.tokens : nullptr, is_own_ ? &secret_ : nullptr};
  const RequestTarget target = proxy_ && !url_.tls ? RequestTarget::whole_url : RequestTarget::path;
  if (!write_call(request, it.call, host_header_, signs, target))
    return it.refuse("its URL or one of its headers has a character that none may have");
  const bool is_probe = breaker_.is_open();
  if (!breaker_.admits(now)) return it.refuse(breaker_.reason());
  ++running_;
  counters_.running.store(running_, std::memory_order_relaxed);
  // What the request was written from is not needed any more.
  it.call.body = {};
  it.call.headers = {};
  it.call.url = {};
  it.call.definition.reset();
  CallConnection& connection = free_connection();
  connection.request().swap(request);
  connection.start(std::move(call), is_probe);
}

// The one that was used last: servers close those that idle for long.
CallConnection& ParticipantTarget::free_connection() {
  if (!idle_.empty()) {
    CallConnection& connection = *idle_.back();
    idle_.pop_back();
    return connection;
  }
  auto made = std::make_unique<CallConnection>(parts_, *this);
  CallConnection& connection = *made;
  connections_.emplace(&connection, std::move(made));
  return connection;
}

void ParticipantTarget::ended(CallConnection& connection, PendingCalls call, CallEnd end) {
  const SteadyTime now = parts_.clock.steady();
  used_at_ = now;
  --running_;
  counters_.running.store(running_, std::memory_order_relaxed);
  count(counters_.calls, 1);
  count(counters_.took_us, end.answer.took.count());
  const bool was_probe = connection.is_probe();
  if (connection.is_closed()) {
    parts_.closed.push_back(&connection);
  } else {
    // Before the server closes it, by a second or by half of a time that is shorter than two.
    const Duration kept = connection.kept_for();
    connection.rest(now + std::min(parts_.options.idle_time, kept - std::min<Duration>(1s, kept / 2)));
    idle_.push_back(&connection);
  }
  record(end, was_probe, now);
  call.front().answer(std::move(end.answer));
  pump(now);
}

void ParticipantTarget::record(const CallEnd& end, bool was_probe, SteadyTime now) {
  switch (end.health) {
    case Health::good:
      if (breaker_.is_open()) log_closed(definition_, participant_.name);
      breaker_.succeeded(now);
      break;
    case Health::unknown:
      if (was_probe) breaker_.abandoned();
      break;
    case Health::bad: {
      count(counters_.failures, 1);
      const std::string reason =
          end.answer.status == 0 ? end.answer.failure : fmt::format("answered {}", end.answer.status);
      if (!breaker_.failed(now, reason, was_probe)) break;
      log_opened(definition_, participant_.name, breaker_);
      const std::string refusal = breaker_.reason();
      while (!waiting_.empty()) withdraw(waiting_.begin(), refusal);
    }
  }
  counters_.is_open.store(breaker_.is_open(), std::memory_order_relaxed);
}

void ParticipantTarget::lost(CallConnection& connection) {
  std::erase(idle_, &connection);
  parts_.closed.push_back(&connection);
}

void ParticipantTarget::turn(SteadyTime now) {
  // All have the same time limit, so that the first one is the first that is over it.
  while (!waiting_.empty() && waiting_.front().arrived + waiting_.front().call.timeout <= now)
    withdraw(waiting_.begin(), fmt::format("it waited for its turn as long as it may; {} calls to it run", running_));
}

void ParticipantTarget::stop(const std::string& reason) {
  is_pumping_ = true;  // nothing begins any more
  while (!waiting_.empty()) withdraw(waiting_.begin(), reason);
  for (auto& [connection, owned] : connections_) connection->stop(reason);
}

bool ParticipantTarget::is_forgotten(SteadyTime now) const {
  return connections_.empty() && waiting_.empty() && !is_resolving_ && now - used_at_ > forgotten_after;
}

ParticipantStats ParticipantTarget::stats() const {
  const auto read = [](const auto& counter) { return counter.load(std::memory_order_relaxed); };
  ParticipantStats stats;
  stats.definition = definition_;
  stats.participant = participant_.name;
  stats.calls = read(counters_.calls);
  stats.failures = read(counters_.failures);
  stats.running = read(counters_.running);
  stats.waiting = read(counters_.waiting);
  stats.is_open = read(counters_.is_open);
  stats.took_total = Duration{static_cast<std::int64_t>(read(counters_.took_us))};
  return stats;
}

Result<void> ParticipantTarget::read_files(SteadyTime now) {
  if (files_read_at_ && now - *files_read_at_ < files_time) return {};
  const ParticipantDefinition& named = participant_;
  if (!is_own_) {
    ParticipantDefinition plain;
    plain.name = named.name;
    plain.ca = named.ca;
    auto tls = parts_.files.tls_for(url_, plain);
    if (!tls) return tls.error();
    tls_ = std::move(*tls);
  } else {
    auto tls = parts_.files.tls_for(url_, named);
    if (!tls) return tls.error();
    auto secret = parts_.files.secret_of(named);
    if (!secret) return secret.error();
    tls_ = std::move(*tls);
    secret_ = std::move(*secret);
  }
  route_ = route_to(url_, proxy_ ? &proxy_->proxy() : nullptr, tls_ ? tls_->native_handle() : nullptr);
  files_read_at_ = now;
  return {};
}

// Removes the addresses that may not be called. `forbidden`: none is left.
Result<void> ParticipantTarget::keep_allowed(Addresses& found) const {
  if (proxy_) return {};  // whoever runs the node has named it
  const std::string first = found.front().to_string();
  std::erase_if(found, [&](const auto& it) { return !parts_.allow.allows(it, url_.port, listing_); });
  if (!found.empty()) return {};
  return Error{ErrorCode::forbidden, not_allowed(fmt::format("{}, which is {}", origin(), first))};
}

bool ParticipantTarget::has_addresses() {
  if (resolved_at_ && (*resolved_at_ == never_due || parts_.clock.steady() - *resolved_at_ < addresses_time))
    return true;
  if (is_resolving_) return false;
  is_resolving_ = true;
  parts_.resolver.resolve(peer_host(), [deliver = parts_.deliver, number = number_](Result<Addresses> found) {
    deliver(number, std::move(found));
  });
  return false;
}

void ParticipantTarget::addresses_found(Result<Addresses> found) {
  is_resolving_ = false;
  const Result<void> allowed = found ? keep_allowed(*found) : Result<void>(found.error());
  if (allowed) {
    if (*found != addresses_) preferred_ = 0;
    addresses_ = std::move(*found);
    resolved_at_ = parts_.clock.steady();
  }
  // Some of these end, and others begin, while they are called.
  std::vector<CallConnection*> all;
  for (const auto& [connection, owned] : connections_) all.push_back(connection);
  for (CallConnection* connection : all) {
    if (allowed)
      connection->addresses_known();
    else
      connection->no_addresses(allowed.error());
  }
}

boost::asio::ip::tcp::endpoint ParticipantTarget::address(std::size_t number) const {
  return {addresses_[number % addresses_.size()], proxy_ ? proxy_->url().port : url_.port};
}

}  // namespace sagactl
