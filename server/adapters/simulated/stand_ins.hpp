// Participants that are made up from the definition: they do what every participant owes, in memory. So a definition
// can be rehearsed, and played with, before its participants exist.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "server/ports/participant_caller.hpp"

namespace sagactl {

// Any thread.
class StandIns : public ParticipantCaller {
 public:
  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override;
  void withdraw(SagaId) override {}
  void set_guard(std::function<bool()>) override {}

  // What the saga has in effect at the participant.
  std::int64_t in_effect(SagaId saga, std::size_t participant) const;

 private:
  struct Effect {
    std::size_t participant = 0;
    bool is_undone = false;  // also: undone before it was done, so that it is never done
    bool is_done = false;
    std::string body;  // of the answer
  };

  mutable std::mutex mutex_;
  std::map<std::pair<SagaId, std::size_t>, Effect> effects_;  // by saga and step
};

}  // namespace sagactl
