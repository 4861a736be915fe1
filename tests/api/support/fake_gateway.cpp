#include "tests/api/support/fake_gateway.hpp"

#include <algorithm>

#include "tests/services/waiting.hpp"

namespace sagactl::test {

void FakeGateway::charge(const Charge& charge, std::function<void(ChargeAnswer)> done) {
  const bool declined = std::any_of(charge.product_ids.begin(), charge.product_ids.end(),
                                    [](const std::string& id) { return id.find("PAYMENT_FAIL") != std::string::npos; });
  ChargeAnswer answer = Charged{"ext_tx_" + charge.key, facts()};
  if (declined || charge.payment_key.find("REFUSED") != std::string::npos)
    answer = Refused{"Insufficient funds or card declined"};
  {
    const std::scoped_lock guard(mutex_);
    ++charges_[charge.payment_key];
    if (held_) {
      waiting_.push_back([done = std::move(done), answer = std::move(answer)](bool times_out) {
        done(times_out ? UnknownOutcome{"timed out"} : answer);
      });
      return;
    }
  }
  done(answer);
}

void FakeGateway::query(const EarlierCharge&, std::function<void(QueryAnswer)> done) {
  done(NotCharged{});
}

void FakeGateway::refund(const EarlierCharge&, Money, std::function<void(Outcome)> done) {
  {
    const std::scoped_lock guard(mutex_);
    ++refunds_;
    refunded_.notify_all();
  }
  done(Succeeded{});
}

void FakeGateway::set_facts(PaymentFacts facts) {
  const std::scoped_lock guard(mutex_);
  facts_ = std::move(facts);
}

PaymentFacts FakeGateway::facts() const {
  const std::scoped_lock guard(mutex_);
  return facts_;
}

int FakeGateway::charges(const std::string& payment_key) const {
  const std::scoped_lock guard(mutex_);
  const auto found = charges_.find(payment_key);
  return found == charges_.end() ? 0 : found->second;
}

int FakeGateway::refunds() const {
  const std::scoped_lock guard(mutex_);
  return refunds_;
}

bool FakeGateway::await_refunds(int count) const {
  std::unique_lock lock(mutex_);
  return refunded_.wait_for(lock, hang_limit, [&] { return refunds_ >= count; });
}

void FakeGateway::hold() {
  const std::scoped_lock guard(mutex_);
  held_ = true;
}

void FakeGateway::time_out() {
  std::vector<std::function<void(bool)>> waiting;
  {
    const std::scoped_lock guard(mutex_);
    waiting = waiting_;
  }
  for (const auto& answer : waiting) answer(true);
}

void FakeGateway::release() {
  std::vector<std::function<void(bool)>> waiting;
  {
    const std::scoped_lock guard(mutex_);
    held_ = false;
    waiting.swap(waiting_);
  }
  for (const auto& answer : waiting) answer(false);
}

}  // namespace sagactl::test
