// The payment provider. Every call carries a key under which it counts once, however often it is made.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "common/money.hpp"
#include "server/saga/decide.hpp"

namespace sagactl {

struct Charge {
  std::string key;       // see charge_key()
  std::string order_id;  // for the provider's own records
  Money amount;
  std::vector<std::string> product_ids;
  std::string trace_parent = {};  // W3C, of the request that all this follows from; may be empty
  // The provider's own key of this payment, where the shop's page got one from it. Empty: the adapter takes one that
  // follows from `key`.
  std::string payment_key = {};
  std::string saga_type = {};  // the definition's name
};

// A charge that was made before, or may have been.
struct EarlierCharge {
  std::string key;
  std::string order_id;
  std::string trace_parent = {};
  std::string payment_key = {};  // as it was charged
};

struct Charged {
  std::string transaction_id;
};
struct NotCharged {};  // answer of a query: the gateway has never seen this key

// Refused: the card was declined, for good. Unavailable: certainly nothing happened. UnknownOutcome: it may have.
using ChargeAnswer = std::variant<Charged, Refused, Unavailable, UnknownOutcome>;
using QueryAnswer = std::variant<Charged, Refused, NotCharged, Unavailable>;

class PaymentGateway {
 public:
  virtual ~PaymentGateway() = default;

  // Each calls its callback exactly once, from any thread, perhaps before returning.
  virtual void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) = 0;
  virtual void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) = 0;
  // Gives back the whole of it; giving back twice is Succeeded and counts once.
  virtual void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) = 0;
};

}  // namespace sagactl
