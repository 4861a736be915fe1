// LRAs that are nested in each other, with participants that do what they are asked: every call of one is answered at
// once, in the order in which they were made.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/saga/decide.hpp"
#include "server/saga/lra_view.hpp"

namespace sagactl {

class LraFamily {
 public:
  SagaId start(std::optional<SagaId> parent = {}, Duration limit = {});
  // A participant "http://NAME/", with these links beside compensate and complete: status, forget, after.
  Result<void> join(SagaId id, const std::string& name, const std::vector<std::string>& more = {"forget"});
  Result<void> end(SagaId id, bool closes) { return tell(id, EndLra{closes}); }
  Result<void> tell(SagaId id, const SagaCommand& command);  // and then everything that follows from it
  // Every LRA gets another owner, who knows nothing of calls in progress, after each command from now on.
  void adopt_always() { is_adopted_always_ = true; }
  // The nested LRAs of which parents do not hear when they end.
  void keep_quiet() { is_quiet_ = true; }
  void pass(Duration time);  // and whatever timers lead to

  const Saga& operator[](SagaId id) const { return sagas_.at(id); }
  LraStatus status(SagaId id) const { return lra_status_of(sagas_.at(id)); }
  std::string id_of(SagaId id) const;
  // "PUT a/complete", in the order of the calls; the repeats of adopters once.
  std::vector<std::string> called() const;

  std::set<std::string> fails;                 // "a/complete": is answered 409
  std::map<std::string, std::string> headers;  // of the last call

 private:
  void run();
  void answer(const StepCall& call);
  void apply(SagaId id, const SagaCommand& command);
  Moment moment();

  std::map<SagaId, Saga> sagas_;
  std::deque<StepCall> calls_;
  std::vector<std::string> called_;
  bool is_adopted_always_ = false, is_quiet_ = false;
  Timestamp now_{1'800'000'000'000'000};
};

}  // namespace sagactl
