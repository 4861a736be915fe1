#include "server/adapters/simulated/simulated_gateway.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <unordered_map>

#include "common/id.hpp"
#include "common/random.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {
namespace {

// Calls that timed out and are still to be answered; more than this many are forgotten and time out again.
constexpr std::size_t timed_out_max = 100'000;

std::uint64_t hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t h = seed ^ 0xCBF29CE484222325ull;  // FNV-1a
  for (const char c : text) h = (h ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ull;
  return h;
}

// What the provider makes of one key.
struct Fate {
  bool declined = false;
  bool times_out = false;
  bool charged_before_time_out = false;
  std::string transaction_id;
  double delay = 0;  // in [0, 1) of the range
};

class SimulatedGateway : public PaymentGateway {
 public:
  SimulatedGateway(const SimulatedGatewayOptions& options, Clock& clock) : options_(options), clock_(clock) {}

  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override {
    const bool always_fails =
        std::any_of(charge.product_ids.begin(), charge.product_ids.end(),
                    [](const std::string& id) { return id.find("PAYMENT_FAIL") != std::string::npos; });
    const bool of_other = !charge.saga_type.empty() && charge.saga_type != order_processing_saga;
    const Fate fate = fate_of(charge.key, of_other ? options_.other_success : options_.success, always_fails);
    ChargeAnswer answer = Charged{fate.transaction_id};
    if (fate.declined) answer = Refused{simulated_refusal};
    if (fate.times_out && first_time(charge.key, fate.charged_before_time_out && !fate.declined))
      answer = UnknownOutcome{"the payment gateway did not answer in time"};
    later(fate, [done = std::move(done), answer = std::move(answer)] { done(answer); });
  }

  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override {
    // A charge that is made again is answered as before, so only what surely happened is confirmed.
    const Fate fate = fate_of(charge.key, 1, false);
    QueryAnswer answer = NotCharged{};
    if (was_charged(charge.key)) answer = Charged{fate.transaction_id};
    later(fate, [done = std::move(done), answer = std::move(answer)] { done(answer); });
  }

  void refund(const EarlierCharge& charge, Money, std::function<void(Outcome)> done) override {
    later(fate_of(charge.key, 1, false), [done = std::move(done)] { done(Succeeded{}); });
  }

 private:
  Fate fate_of(const std::string& key, double success, bool always_fails) const {
    Random random(hash(key, options_.seed));
    Fate fate;
    fate.declined = !random.chance(success) || always_fails;
    fate.times_out = random.chance(options_.timeout_share);
    fate.charged_before_time_out = random.chance(0.5);
    fate.delay = random.unit();
    Uuid id;
    for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random.next());
    fate.transaction_id = "ext_tx_" + id.text();
    return fate;
  }

  bool first_time(const std::string& key, bool charged) {
    const std::lock_guard lock(mutex_);
    if (timed_out_.size() >= timed_out_max) timed_out_.clear();
    return timed_out_.emplace(key, charged).second;
  }
  bool was_charged(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = timed_out_.find(key);
    return found != timed_out_.end() && found->second;
  }

  void later(const Fate& fate, std::function<void()> answer) {
    const auto range = static_cast<double>((options_.delay_max - options_.delay_min).count());
    const Duration delay = options_.delay_min + Duration{static_cast<std::int64_t>(fate.delay * range)};
    if (delay <= Duration{0}) answer();
    else clock_.after(delay, std::move(answer));
  }

  const SimulatedGatewayOptions options_;
  Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, bool> timed_out_;  // whether it was charged before that
};

}  // namespace

std::unique_ptr<PaymentGateway> make_simulated_gateway(const SimulatedGatewayOptions& options, Clock& clock) {
  return std::make_unique<SimulatedGateway>(options, clock);
}

}  // namespace sagactl
