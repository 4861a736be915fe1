#include "server/adapters/participants/call_connection.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>

#include "httpclient/client_connection.hpp"
#include "server/adapters/participants/http_answer.hpp"
#include "server/adapters/participants/participant_target.hpp"

namespace sagactl {
namespace {

using Progress = NonblockingStream::Progress;

constexpr Duration address_time_min = 250ms;
// After it a connection is not kept for another call, however often it is used: its address is that of before, and so
// are its certificates.
constexpr Duration connection_time = 30s;
constexpr std::size_t kept_request_max = 4096;  // bytes that an unused connection holds on to

// "3 s", "500 ms".
std::string limit_text(Duration limit) {
  if (limit >= 1s) return fmt::format("{:g} s", static_cast<double>(limit.count()) / 1e6);
  return fmt::format("{:g} ms", static_cast<double>(limit.count()) / 1e3);
}

}  // namespace

CallConnection::CallConnection(LoopParts& parts, ParticipantTarget& target)
    : parts_(parts), target_(target), reader_(parts.options.body_max) {
  reader_.want(answer_headers());
}

void CallConnection::start(PendingCalls call, bool is_probe) {
  call_ = std::move(call);
  is_probe_ = is_probe;
  was_sent_ = got_something_ = false;
  sent_ = 0;
  began_ = parts_.clock.steady();
  deadline_ = began_ + call_.front().call.timeout;
  parts_.wheel.set(*this, deadline_);
  is_reused_ = state_ == State::idle;
  if (!is_reused_) return open();
  state_ = State::answering;
  reader_.reset();
  send();
}

void CallConnection::open() {
  is_reused_ = false;
  opened_ = parts_.clock.steady();
  reasons_.clear();
  state_ = State::resolving;
  if (target_.has_addresses()) addresses_known();
}

void CallConnection::addresses_known() {
  if (state_ != State::resolving) return;
  first_ = target_.first_address();
  tried_ = 0;
  connect_next();
}

void CallConnection::no_addresses(const Error& reason) {
  if (state_ != State::resolving) return;
  if (reason.code != ErrorCode::forbidden) return fail(reason.message);
  CallEnd end;
  end.answer.failure = reason.message;
  end.answer.was_sent = end.answer.was_called = false;
  end.health = Health::unknown;
  this->end(std::move(end));
}

// An address that does not answer hides none of the others.
void CallConnection::connect_next() {
  const std::size_t count = target_.address_count();
  while (tried_ < count) {
    const std::size_t left = count - tried_;
    watched_ = 0;  // a new socket
    const auto address = target_.address(first_ + tried_++);
    const Progress progress = stream_.connect(address.data(), static_cast<socklen_t>(address.size()));
    if (progress == Progress::done) return connected();
    if (progress == Progress::wants_write) {
      state_ = State::connecting;
      const SteadyTime now = parts_.clock.steady();
      const Duration share = std::max<Duration>((deadline_ - now) / static_cast<std::int64_t>(left), address_time_min);
      parts_.wheel.set(*this, std::min(deadline_, now + share));
      return watch(EPOLLIN | EPOLLOUT);
    }
    address_failed(stream_.reason());
  }
  fail(fmt::format("nothing answers at {}: {}", target_.peer(), reasons_));
}

void CallConnection::address_failed(const std::string& reason) {
  if (!reasons_.empty()) reasons_ += "; ";
  if (target_.address_count() > 1) reasons_ += target_.address(first_ + tried_ - 1).address().to_string() + ": ";
  reasons_ += reason;
}

void CallConnection::connected() {
  target_.reached(first_ + tried_ - 1);
  parts_.wheel.set(*this, deadline_);
  state_ = State::establishing;
  establish();
}

// The call has not begun before that: nothing of it is sent.
void CallConnection::establish() {
  switch (stream_.establish(target_.route())) {
    case Progress::done:
      state_ = State::answering;
      reader_.reset();
      return send();
    case Progress::wants_read:
      return watch(EPOLLIN);
    case Progress::wants_write:
      return watch(EPOLLIN | EPOLLOUT);
    case Progress::closed:
    case Progress::failed:
      return fail(stream_.reason());
  }
}

void CallConnection::send() {
  while (sent_ < request_.size()) {
    const auto [progress, bytes] = stream_.write(std::string_view(request_).substr(sent_));
    sent_ += bytes;
    was_sent_ = was_sent_ || bytes > 0 || stream_.is_secured();
    if (progress == Progress::done) continue;
    if (progress == Progress::wants_write) return watch(EPOLLIN | EPOLLOUT);
    if (progress == Progress::wants_read) return watch(EPOLLIN);
    // The server had closed the connection before, and this machine knew: nothing has left it.
    if (is_reused_ && !was_sent_) return open();
    return fail(fmt::format("no answer of {}: {}", target_.origin(),
                            progress == Progress::closed ? "the connection was closed" : stream_.reason()));
  }
  watch(EPOLLIN);
}

void CallConnection::on_event(std::uint32_t events) {
  switch (state_) {
    case State::idle:  // the server closed it, or sent what nobody asked for
      return close();
    case State::connecting:
      if (stream_.finish_connecting() == Progress::done) return connected();
      address_failed(stream_.reason());
      return connect_next();
    case State::establishing:
      return establish();
    case State::answering:
      if ((events & EPOLLOUT) || (stream_.is_secured() && sent_ < request_.size())) send();
      if (state_ == State::answering && (events & ~static_cast<std::uint32_t>(EPOLLOUT))) receive();
      return;
    case State::unconnected:
    case State::resolving:
    case State::closed:
      return;
  }
}

void CallConnection::receive() {
  while (state_ == State::answering) {
    const auto [progress, bytes] = stream_.read(parts_.received.data(), parts_.received.size());
    if (bytes > 0) received({parts_.received.data(), bytes});
    if (progress == Progress::closed) return server_closed();
    if (progress == Progress::wants_read) return;
    if (progress == Progress::wants_write) return watch(EPOLLIN | EPOLLOUT);
    if (progress == Progress::failed && state_ == State::answering)
      return fail(fmt::format("no answer of {}: {}", target_.origin(), stream_.reason()));
    if (!stream_.holds_received() && bytes < parts_.received.size()) return;
  }
}

void CallConnection::received(std::string_view bytes) {
  got_something_ = true;
  const AnswerState state = reader_.feed(bytes);
  if (state == AnswerState::bad)
    return fail(fmt::format("the answer of {} is no HTTP; is this an HTTP server?", target_.origin()));
  // It is alive, which is what the breaker asks.
  if (reader_.is_cut())
    return fail(fmt::format("its answer is over {} KB", parts_.options.body_max / 1024), Health::good);
  if (state == AnswerState::done) answered();
}

void CallConnection::server_closed() {
  if (state_ != State::answering) return;
  if (got_something_ && reader_.end() == AnswerState::done) return answered();
  fail(fmt::format("no answer of {}: the connection was closed{}", target_.origin(),
                   got_something_ ? " in the middle of the answer" : ""));
}

void CallConnection::answered() {
  CallEnd end;
  const bool is_old = parts_.clock.steady() - opened_ >= connection_time;
  end.keeps_connection = reader_.keeps_alive() && sent_ == request_.size() && !is_old;
  kept_for_ = kept_for_by(reader_).value_or(Duration::max());
  end.answer = read_http_answer(reader_, parts_.clock);
  end.health = end.answer.status >= 500 ? Health::bad : Health::good;
  this->end(std::move(end));
}

void CallConnection::fail(std::string reason, Health health) {
  CallEnd end;
  end.answer.failure = std::move(reason);
  end.answer.was_sent = was_sent_;
  end.health = health;
  this->end(std::move(end));
}

void CallConnection::end(CallEnd end) {
  end.answer.took = parts_.clock.steady() - began_;
  const bool keeps = end.keeps_connection;
  PendingCalls ended = std::move(call_);
  call_.clear();
  if (request_.capacity() > kept_request_max) request_ = {};
  if (!keeps) close();
  target_.ended(*this, std::move(ended), std::move(end));
}

void CallConnection::expire(SteadyTime now) {
  if (state_ == State::idle) return close();
  if (state_ == State::connecting && now < deadline_) {
    address_failed("no answer");
    return connect_next();
  }
  const std::string limit = limit_text(call_.front().call.timeout);
  if (was_sent_) return fail(fmt::format("no answer within {}", limit));
  const char* what =
      state_ == State::resolving ? "cannot resolve the host '{}' within {}" : "no connection to {} within {}";
  fail(fmt::format(fmt::runtime(what), state_ == State::resolving ? target_.peer_host() : target_.origin(), limit));
}

void CallConnection::stop(const std::string& reason) {
  if (!call_.empty()) return fail(reason, Health::unknown);
  close();
}

void CallConnection::rest(SteadyTime until) {
  state_ = State::idle;
  parts_.wheel.set(*this, std::min(until, opened_ + connection_time));
}

void CallConnection::close() {
  if (state_ == State::closed) return;
  const bool was_idle = state_ == State::idle;
  state_ = State::closed;
  unlink();
  stream_.close();  // and so epoll forgets it
  if (was_idle) target_.lost(*this);
}

void CallConnection::watch(std::uint32_t events) {
  if (watched_ == events) return;
  epoll_event interest{};
  interest.events = events;
  interest.data.ptr = this;
  ::epoll_ctl(parts_.epoll, watched_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, stream_.fd(), &interest);
  watched_ = events;
}

}  // namespace sagactl
