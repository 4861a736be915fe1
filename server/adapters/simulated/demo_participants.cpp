#include "server/adapters/simulated/demo_participants.hpp"

#include <fmt/format.h>

#include <mutex>
#include <set>

#include "common/random.hpp"
#include "server/adapters/simulated/stand_ins.hpp"

namespace sagactl {
namespace {

constexpr Duration demo_delay_min = 20ms, demo_delay_max = 200ms;
constexpr std::size_t lost_max = 10'000;  // calls that are remembered as lost

class DemoParticipants final : public ParticipantCaller {
 public:
  DemoParticipants(Clock& clock, std::uint64_t seed) : clock_(clock), random_(seed) {}

  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override {
    const Duration delay = next_delay();
    clock_.after(delay, [call = std::move(call), done = std::move(done), delay, shared = shared_] {
      shared->answer(call, delay, done);
    });
  }
  void withdraw(SagaId) override {}
  void set_guard(std::function<bool()>) override {}

 private:
  struct Shared {
    void answer(const ParticipantCall& call, Duration took, const std::function<void(ParticipantAnswer)>& done) {
      const std::string& step = call.definition->steps[call.call.step].name;
      const bool does = call.call.direction == Direction::action && !call.is_question;
      if (does && has(call, "refuse-" + step)) {
        ParticipantAnswer refused;
        refused.status = 409;
        refused.body = R"({"reason":"refused, as the input asks for it"})";
        refused.took = took;
        return done(std::move(refused));
      }
      const bool is_lost = does && has(call, "lose-" + step) && loses(call.call.saga, call.call.step);
      stand_ins.call(call, [&](ParticipantAnswer answer) {
        answer.took = took;
        if (is_lost) {
          answer = {};
          answer.failure = "no answer, as the input asks for it";
          answer.took = took;
        }
        done(std::move(answer));
      });
    }
    static bool has(const ParticipantCall& call, const std::string& word) {
      return call.body.find(word) != std::string::npos || call.url.find(word) != std::string::npos;
    }
    bool loses(SagaId saga, std::size_t step) {
      const std::lock_guard lock(mutex);
      if (lost.size() >= lost_max) lost.clear();
      return lost.emplace(saga, step).second;
    }

    StandIns stand_ins;
    std::mutex mutex;
    std::set<std::pair<SagaId, std::size_t>> lost;
  };

  Duration next_delay() {
    const std::lock_guard lock(mutex_);
    const auto range = static_cast<std::uint64_t>((demo_delay_max - demo_delay_min).count());
    return demo_delay_min + Duration{static_cast<std::int64_t>(random_.below(range))};
  }

  Clock& clock_;
  std::mutex mutex_;
  Random random_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace

std::unique_ptr<ParticipantCaller> make_demo_participants(Clock& clock, std::uint64_t seed) {
  return std::make_unique<DemoParticipants>(clock, seed);
}

}  // namespace sagactl
