// A payment provider that a test commands.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "server/ports/payment_gateway.hpp"

namespace sagactl::test {

// Charges succeed at once, but for PAYMENT_FAIL products, which are declined. While held, charges wait.
class FakeGateway : public PaymentGateway {
 public:
  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override;
  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override;
  void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) override;

  void hold();
  void let_go();  // answers what has waited

 private:
  std::mutex mutex_;
  bool held_ = false;
  std::vector<std::function<void()>> waiting_;
};

}  // namespace sagactl::test
