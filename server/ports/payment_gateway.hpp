// The payment provider. Every call carries an idempotency key, under which it counts once, however often it is made.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "common/money.hpp"
#include "server/participants/payment.hpp"
#include "server/saga/decide.hpp"

namespace sagactl {

struct Charge {
  std::string key;       // see charge_key()
  std::string order_id;  // for the provider's own records
  Money amount;
  std::vector<std::string> product_ids;
  std::string trace_parent = {};  // W3C, of the request that placed the order; may be empty
  // The provider's own key of this payment, where the shop's page got one from it. Empty: the adapter derives one from
  // `key`.
  std::string payment_key = {};
  std::string saga_type = {};  // the definition's name
};

// A charge that was made, or may have been made, by an earlier call.
struct EarlierCharge {
  std::string key;
  std::string order_id;
  std::string trace_parent = {};
  std::string payment_key = {};  // as in the charge
};

struct Charged {
  std::string transaction_id;
  PaymentFacts facts = {};
};
struct NotCharged {};  // answer to a query: the provider does not know this key

// Refused: permanently declined. Unavailable: certainly had no effect. UnknownOutcome: may have had an effect.
using ChargeAnswer = std::variant<Charged, Refused, Unavailable, UnknownOutcome>;
using QueryAnswer = std::variant<Charged, Refused, NotCharged, Unavailable>;

class PaymentGateway {
 public:
  virtual ~PaymentGateway() = default;

  // Each calls its callback exactly once, from any thread, possibly before returning.
  virtual void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) = 0;
  virtual void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) = 0;
  // Refunds the full amount. A repeated refund is Succeeded and counts once.
  virtual void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) = 0;
};

}  // namespace sagactl
