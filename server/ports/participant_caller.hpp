// Calls participants of users' sagas: web servers, and those that are asked by message. docs/participants.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/participants/calls/participant_call.hpp"
#include "server/ports/consumer_progress.hpp"

namespace sagactl {

struct ParticipantStats {
  std::string definition, participant;
  std::uint64_t calls = 0, failures = 0;  // without an answer, or 5xx
  std::size_t running = 0, waiting = 0;
  bool is_open = false;  // its breaker: it is not called for now
  Duration took_total{};
};

class ParticipantCaller {
 public:
  virtual ~ParticipantCaller() = default;

  // Calls `done` exactly once, from any thread, possibly before returning, and within twice the call's time limit. The
  // answer to a message goes to the engine by itself; `done` only learns that it came.
  virtual void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) = 0;
  // Actions of that saga that have not begun are not made: they are answered at once, as not called. Any thread.
  virtual void withdraw(SagaId saga) = 0;
  // A call begins only while this is true; otherwise it is answered as not called. Before the first call.
  virtual void set_guard(std::function<bool()> may_begin) = 0;
  virtual std::vector<ParticipantStats> stats() const { return {}; }
  // Those that read answers. Any thread.
  virtual std::vector<ConsumerProgress> consumers() const { return {}; }
  // `invalid` says why this node may not or cannot call a participant of the definition: for its lint. May block.
  virtual Result<void> check(const SagaDefinition& definition [[maybe_unused]]) const { return {}; }
  // Before the definition is published: makes what calls need, such as topics. May block.
  virtual Result<void> prepare(const SagaDefinition& definition [[maybe_unused]]) const { return {}; }
};

}  // namespace sagactl
