// A lock, a bus and a payment gateway that violate their contracts.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "server/ports/bus.hpp"
#include "server/ports/lock.hpp"
#include "server/ports/payment_gateway.hpp"
#include "tests/mutants/aim.hpp"

namespace sagactl::mutants {

// Alters the tokens or times of grants.
class FaultyLock : public Lock {
 public:
  enum class Fault {
    falling_tokens,  // every grant has a smaller token than the one before
    early_times,     // every grant has an acquisition time that is too early
  };
  FaultyLock(std::unique_ptr<Lock> lock, Fault fault) : lock_(std::move(lock)), fault_(fault) {}

  void acquire(const std::string& key, const std::string& holder, Duration ttl, Duration patience,
               Granted done) override;
  void renew(const LockGrant& grant, Duration ttl, Changed done) override;
  void release(const LockGrant& grant, Changed done) override;
  void held(std::size_t limit, Listed done) override { lock_->held(limit, std::move(done)); }
  void state(const std::string& key, Listed done) override { lock_->state(key, std::move(done)); }
  Result<Duration> availability() const override { return lock_->availability(); }

 private:
  LockGrant altered(LockGrant grant) const;  // its own inverse, except for times

  std::unique_ptr<Lock> lock_;
  const Fault fault_;
};

// Rejects the events of one node.
class FaultyBus : public Bus {
 public:
  FaultyBus(std::unique_ptr<Bus> bus, NodeName deaf_to) : bus_(std::move(bus)), deaf_to_(std::move(deaf_to)) {}

  void publish(std::vector<Event> events, std::function<void(Result<void>)> done) override;
  std::function<void()> subscribe(std::function<void(const Event&)> receive, std::function<void()> missed) override {
    return bus_->subscribe(std::move(receive), std::move(missed));
  }
  BusState state() const override { return bus_->state(); }
  void probe(Timestamp now, std::function<void(Result<void>)> done) override { bus_->probe(now, std::move(done)); }

 private:
  std::unique_ptr<Bus> bus_;
  const NodeName deaf_to_;
};

class FaultyGateway : public PaymentGateway {
 public:
  enum class Fault {
    silent,          // one charge is never answered, nor are its queries
    never_declines,  // charges that should be declined succeed
  };
  FaultyGateway(std::unique_ptr<PaymentGateway> gateway, Fault fault, Aim aim)
      : gateway_(std::move(gateway)), fault_(fault), aim_(aim) {}

  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override;
  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override;
  void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) override {
    gateway_->refund(charge, amount, std::move(done));
  }

 private:
  bool is_silent_about(const std::string& key, bool is_new);

  std::unique_ptr<PaymentGateway> gateway_;
  const Fault fault_;
  std::mutex mutex_;
  Aim aim_;
  std::string silent_about_;  // a charge's key
};

}  // namespace sagactl::mutants
