#include "tests/mutants/faulty_ports.hpp"

namespace sagactl::mutants {
namespace {

constexpr std::int64_t highest_token = std::int64_t{1} << 53;
constexpr Duration early = 30s;

}  // namespace

LockGrant FaultyLock::altered(LockGrant grant) const {
  if (fault_ == Fault::falling_tokens) grant.fencing_token = highest_token - grant.fencing_token;
  return grant;
}

void FaultyLock::acquire(const std::string& key, const std::string& holder, Duration ttl, Duration patience,
                         Granted done) {
  lock_->acquire(key, holder, ttl, patience, [this, done = std::move(done)](Result<LockGrant> grant) {
    if (!grant) return done(grant);
    LockGrant result = altered(*grant);
    if (fault_ == Fault::early_times) result.acquired_at = result.acquired_at - early;
    done(result);
  });
}

void FaultyLock::renew(const LockGrant& grant, Duration ttl, Changed done) {
  lock_->renew(altered(grant), ttl, std::move(done));
}

void FaultyLock::release(const LockGrant& grant, Changed done) {
  lock_->release(altered(grant), std::move(done));
}

void FaultyBus::publish(std::vector<Event> events, std::function<void(Result<void>)> done) {
  if (!events.empty() && events.front().node == deaf_to_)
    return done(Error{ErrorCode::unavailable, "a planted fault: the bus rejects the events of " + deaf_to_});
  bus_->publish(std::move(events), std::move(done));
}

bool FaultyGateway::is_silent_about(const std::string& key, bool is_new) {
  const std::lock_guard lock(mutex_);
  if (fault_ != Fault::silent) return false;
  if (is_new && key != silent_about_ && aim_.hits()) silent_about_ = key;
  return key == silent_about_;
}

void FaultyGateway::charge(const Charge& charge, std::function<void(ChargeAnswer)> done) {
  if (is_silent_about(charge.key, true)) return;
  Charge made = charge;
  if (fault_ == Fault::never_declines) made.product_ids = {"anything"};
  gateway_->charge(made, std::move(done));
}

void FaultyGateway::query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) {
  if (!is_silent_about(charge.key, false)) gateway_->query(charge, std::move(done));
}

}  // namespace sagactl::mutants
