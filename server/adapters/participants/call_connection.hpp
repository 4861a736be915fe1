// One connection to a participant, and the call that is made on it.
#pragma once

#include <cstdint>
#include <string>

#include "httpclient/answer_reader.hpp"
#include "httpclient/connecting/nonblocking_stream.hpp"
#include "server/adapters/participants/deadline_wheel.hpp"
#include "server/adapters/participants/loop_parts.hpp"

namespace sagactl {

class ParticipantTarget;

// What a call says about its participant, for the breaker.
enum class Health : std::uint8_t {
  good,
  bad,  // no answer, or 5xx
  unknown,
};

// How a call ended.
struct CallEnd {
  ParticipantAnswer answer;
  Health health = Health::good;
  bool keeps_connection = false;
};

// Belongs to a target. It tells the target when the call has ended, and when it was closed while it had none; the
// target then destroys it, after the loop has handled all events of this turn.
class CallConnection : public WheelEntry {
 public:
  CallConnection(LoopParts& parts, ParticipantTarget& target);

  // For the request of the next call, before start().
  std::string& request() { return request_; }
  // Makes the call: on the open connection, or on a new one.
  void start(PendingCalls call, bool is_probe);
  // The target's addresses are known, or why there are none.
  void addresses_known();
  void no_addresses(const Error& reason);
  void on_event(std::uint32_t events);
  // Its deadline has passed.
  void expire(SteadyTime now);
  // Ends the call, which had no answer, for that reason.
  void stop(const std::string& reason);

  bool is_idle() const { return state_ == State::idle; }
  ParticipantTarget& target() const { return target_; }
  bool is_closed() const { return state_ == State::closed; }
  bool is_probe() const { return is_probe_; }
  Duration kept_for() const { return kept_for_; }  // by the server, without a request
  // No call: waits for the next one until `until`.
  void rest(SteadyTime until);
  void close();

 private:
  enum class State : std::uint8_t { unconnected, resolving, connecting, establishing, answering, idle, closed };

  void open();
  void connect_next();
  void connected();
  void establish();
  void send();
  void receive();
  void received(std::string_view bytes);
  void server_closed();
  void answered();
  void fail(std::string reason, Health health = Health::bad);
  void address_failed(const std::string& reason);
  void end(CallEnd end);
  void watch(std::uint32_t events);

  LoopParts& parts_;
  ParticipantTarget& target_;
  NonblockingStream stream_;
  AnswerReader reader_;
  State state_ = State::unconnected;
  bool is_probe_ = false, is_reused_ = false, was_sent_ = false, got_something_ = false;
  std::uint32_t watched_ = 0;
  std::string request_;
  std::size_t sent_ = 0;
  PendingCalls call_;  // one, or none
  SteadyTime opened_{}, began_{}, deadline_{};
  std::size_t first_ = 0, tried_ = 0;  // addresses
  std::string reasons_;                // why those were not reached
  Duration kept_for_ = Duration::max();
};

}  // namespace sagactl
