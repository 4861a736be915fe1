// The participants of users' sagas, each called in its own way: over HTTP or by message.
#pragma once

#include <memory>

#include "server/adapters/message_participants/message_caller.hpp"
#include "server/adapters/participants/http_participant_caller.hpp"

namespace sagactl {

// Any thread. `messages` null: this node has no broker, and refuses definitions that need one. `made_up` answers all
// calls, if it is there: then nobody is called.
class ParticipantCallers final : public ParticipantCaller {
 public:
  ParticipantCallers(std::unique_ptr<HttpParticipantCaller> http, std::unique_ptr<MessageCaller> messages,
                     std::unique_ptr<ParticipantCaller> made_up = nullptr);

  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override;
  void withdraw(SagaId saga) override;
  void set_guard(std::function<bool()> may_begin) override;
  std::vector<ParticipantStats> stats() const override;
  std::vector<ConsumerProgress> consumers() const override;
  Result<void> check(const SagaDefinition& definition) const override;
  Result<void> prepare(const SagaDefinition& definition) const override;

  void set_node_url(std::string url) { http_->set_node_url(std::move(url)); }
  void set_take(TakeMessageAnswer take);

 private:
  const std::unique_ptr<HttpParticipantCaller> http_;
  const std::unique_ptr<MessageCaller> messages_;
  const std::unique_ptr<ParticipantCaller> made_up_;
};

}  // namespace sagactl
