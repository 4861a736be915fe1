// A payment provider controlled by a test.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "server/ports/payment_gateway.hpp"

namespace sagactl::test {

// Charges succeed at once, except for PAYMENT_FAIL products and payment keys with REFUSED in them, which are declined.
// While held, charges wait.
class FakeGateway : public PaymentGateway {
 public:
  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override;
  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override;
  void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) override;

  void hold();
  void time_out();                     // answers waiting charges with an unknown outcome; they continue to wait
  void release();                      // answers waiting charges
  void set_facts(PaymentFacts facts);  // of the charges that succeed from now on
  int charges(const std::string& payment_key) const;  // number of charges under that key
  int refunds() const;
  bool await_refunds(int count) const;  // false: there were not as many within half a minute

 private:
  PaymentFacts facts() const;

  mutable std::mutex mutex_;
  mutable std::condition_variable refunded_;
  bool held_ = false;
  std::map<std::string, int> charges_;
  int refunds_ = 0;
  PaymentFacts facts_ = {};
  std::vector<std::function<void(bool times_out)>> waiting_;
};

}  // namespace sagactl::test
