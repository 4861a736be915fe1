// A caller with the calls of a saga, and what came of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/adapters/participants/http_participant_caller.hpp"
#include "server/adapters/system/system_clock.hpp"

namespace sagactl {

// A definition with one participant and one step, "hotel" both.
inline std::shared_ptr<SagaDefinition> trip_to(const std::string& url, Duration timeout = 10s,
                                               std::size_t concurrency = 64) {
  auto definition = std::make_shared<SagaDefinition>();
  definition->name = "trip";
  definition->text = "{}";
  ParticipantDefinition hotel;
  hotel.name = "hotel";
  hotel.url = url;
  hotel.timeout = timeout;
  hotel.concurrency = concurrency;
  definition->participants.push_back(hotel);
  StepDefinition step;
  step.name = "hotel";
  definition->steps.push_back(step);
  return definition;
}

inline ParticipantCall call_of(const DefinitionPointer& definition, const std::string& path = "/bookings",
                               SagaId saga = SagaId::fresh()) {
  ParticipantCall call;
  call.call.saga = saga;
  call.definition = definition;
  call.method = "POST";
  call.url = definition->participants[0].url + path;
  call.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "\"" + saga.text() + "/hotel/do/1\""}};
  call.body = R"({"guest":"Ada"})";
  call.timeout = definition->participants[0].timeout;
  return call;
}

// The answers of many calls, in the order in which they came.
class Answers {
 public:
  std::function<void(ParticipantAnswer)> next() {
    return [shared = shared_](ParticipantAnswer answer) {
      const std::lock_guard lock(shared->mutex);
      shared->all.push_back(std::move(answer));
      shared->changed.notify_all();
    };
  }
  std::vector<ParticipantAnswer> wait_for(std::size_t count) const {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait(lock, [&] { return shared_->all.size() >= count; });
    return shared_->all;
  }
  std::size_t count() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->all.size();
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<ParticipantAnswer> all;
  };
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

class CallerUnderTest {
 public:
  explicit CallerUnderTest(const ParticipantCallerOptions& options = {})
      : caller(std::move(make_participant_caller(options, *clock)).value()) {}

  ParticipantAnswer ask(ParticipantCall call) const {
    Answers answers;
    caller->call(std::move(call), answers.next());
    return answers.wait_for(1).front();
  }

  std::unique_ptr<Clock> clock = make_system_clock();
  std::unique_ptr<HttpParticipantCaller> caller;
};

// A gate that handlers of a server wait at.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
  }
  // Until so many wait, or have waited.
  void await(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
  int waiting_ = 0;
};

}  // namespace sagactl
