#include "server/adapters/simulated/simulated_gateway.hpp"

#include <algorithm>
#include <string>

#include "common/id.hpp"
#include "common/random.hpp"
#include "server/adapters/simulated/memory_charge_book.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {
namespace {

std::uint64_t hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t h = seed ^ 0xCBF29CE484222325ull;  // FNV-1a
  for (const char c : text) h = (h ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ull;
  return h;
}

// What happens to the charge of one key.
struct SimulatedOutcome {
  bool declined = false;
  bool times_out = false;
  bool charged_before_time_out = false;
  Uuid transaction;
  std::shared_ptr<const PaymentFacts> facts = {};  // null: none
  double delay = 0;                                // in [0, 1) of the range

  Charged charged() const { return {"ext_tx_" + transaction.text(), facts ? *facts : PaymentFacts{}}; }
};

// An answer that is given later is kept short: there may be as many as open sagas.
enum class SimulatedAnswer : std::uint8_t { charged, refused, not_charged, unanswered };

// `otherwise`: what one says that is neither charged nor refused.
template <class Answer>
Answer in_full(SimulatedAnswer answer, const SimulatedOutcome& outcome, Answer otherwise) {
  if (answer == SimulatedAnswer::charged) return outcome.charged();
  if (answer == SimulatedAnswer::refused) return Refused{simulated_refusal};
  return otherwise;
}

ChargeAnswer to_charge(SimulatedAnswer answer, const SimulatedOutcome& outcome) {
  return in_full<ChargeAnswer>(answer, outcome, UnknownOutcome{"the payment gateway did not answer in time"});
}

QueryAnswer to_query(SimulatedAnswer answer, const SimulatedOutcome& outcome) {
  return in_full<QueryAnswer>(answer, outcome, NotCharged{});
}

class SimulatedGateway : public PaymentGateway {
 public:
  SimulatedGateway(const SimulatedGatewayOptions& options, Clock& clock, std::unique_ptr<ChargeBook> book)
      : options_(options), clock_(clock), book_(std::move(book)) {}

  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override {
    const bool always_fails =
        std::any_of(charge.product_ids.begin(), charge.product_ids.end(),
                    [](const std::string& id) { return id.find("PAYMENT_FAIL") != std::string::npos; });
    const bool of_other = !charge.saga_type.empty() && charge.saga_type != order_processing_saga;
    const double success = by_page(charge.payment_key) ? 1 : of_other ? options_.other_success : options_.success;
    SimulatedOutcome outcome =
        outcome_of(charge.key, success, always_fails || charge.payment_key.starts_with(simulated_declined_key));
    if (of_other) outcome.facts = facts_of(charge.payment_key);
    const auto answer = charge_once(charge.key, outcome);
    if (!answer) return done(Unavailable{answer.error().message});
    answer_later(outcome, [done = std::move(done), answer = *answer, outcome] { done(to_charge(answer, outcome)); });
  }

  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override {
    SimulatedOutcome outcome = outcome_of(charge.key, 1, false);
    if (by_page(charge.payment_key)) outcome.facts = facts_of(charge.payment_key);
    const auto answer = query_once(charge.key);
    if (!answer) return done(Unavailable{answer.error().message});
    answer_later(outcome, [done = std::move(done), answer = *answer, outcome] { done(to_query(answer, outcome)); });
  }

  void refund(const EarlierCharge& charge, Money, std::function<void(Outcome)> done) override {
    answer_later(outcome_of(charge.key, 1, false), [done = std::move(done)] { done(Succeeded{}); });
  }

 private:
  // Whether the buyer has chosen the outcome on the provider's pay page.
  static bool by_page(std::string_view payment_key) {
    return payment_key.starts_with(simulated_card_key) || payment_key.starts_with(simulated_transfer_key) ||
           payment_key.starts_with(simulated_declined_key);
  }
  std::shared_ptr<const PaymentFacts> facts_of(std::string_view payment_key) const {
    auto facts = std::make_shared<PaymentFacts>();
    facts->method = payment_key.starts_with(simulated_transfer_key) ? "TRANSFER" : "CARD";
    facts->approved_at = clock_.now();
    return facts;
  }

  SimulatedOutcome outcome_of(const std::string& key, double success, bool always_fails) const {
    Random random(hash(key, options_.seed));
    SimulatedOutcome outcome;
    outcome.declined = !random.chance(success) || always_fails;
    outcome.times_out = random.chance(options_.timeout_share);
    outcome.charged_before_time_out = random.chance(0.5);
    outcome.delay = random.unit();
    for (auto& byte : outcome.transaction.bytes) byte = static_cast<std::uint8_t>(random.next());
    return outcome;
  }

  // The charge is in the book before it is answered.
  Result<SimulatedAnswer> charge_once(const std::string& key, const SimulatedOutcome& outcome) {
    const auto known = book_->find(key);
    if (!known) return known.error();
    if (*known == ChargeState::charged) return SimulatedAnswer::charged;
    if (*known == ChargeState::refused) return SimulatedAnswer::refused;
    const bool times_out = outcome.times_out && !known->has_value();
    ChargeState state = outcome.declined ? ChargeState::refused : ChargeState::charged;
    if (times_out && (outcome.declined || !outcome.charged_before_time_out)) state = ChargeState::unanswered;
    if (const auto kept = book_->put(key, state); !kept) return kept.error();
    if (times_out) return SimulatedAnswer::unanswered;
    return outcome.declined ? SimulatedAnswer::refused : SimulatedAnswer::charged;
  }
  Result<SimulatedAnswer> query_once(const std::string& key) {
    const auto known = book_->find(key);
    if (!known) return known.error();
    if (*known == ChargeState::charged) return SimulatedAnswer::charged;
    return *known == ChargeState::refused ? SimulatedAnswer::refused : SimulatedAnswer::not_charged;
  }

  void answer_later(const SimulatedOutcome& outcome, std::function<void()> answer) {
    const auto range = static_cast<double>((options_.delay_max - options_.delay_min).count());
    const Duration delay = options_.delay_min + Duration{static_cast<std::int64_t>(outcome.delay * range)};
    if (delay <= Duration{0})
      answer();
    else
      clock_.after(delay, std::move(answer));
  }

  const SimulatedGatewayOptions options_;
  Clock& clock_;
  const std::unique_ptr<ChargeBook> book_;
};

}  // namespace

std::unique_ptr<PaymentGateway> make_simulated_gateway(const SimulatedGatewayOptions& options, Clock& clock,
                                                       std::unique_ptr<ChargeBook> book) {
  if (!book) book = make_memory_charge_book();
  return std::make_unique<SimulatedGateway>(options, clock, std::move(book));
}

}  // namespace sagactl
