#include "server/auth/login_limit.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cmath>

#include "common/crypto.hpp"

namespace sagactl::auth {
namespace {

std::string pair_of(const std::string& address, const std::string& account) {
  return address + ' ' + account;
}

}  // namespace

KeyedTokenBuckets::KeyBucket& KeyedTokenBuckets::fill(std::string_view key, SteadyTime now) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
  } else {
    if (buckets_.size() >= keys_max_) {
      by_key_.erase(buckets_.back().key);
      buckets_.pop_back();
    }
    buckets_.push_front({std::string(key), rate_.burst, now});
    by_key_.emplace(buckets_.front().key, buckets_.begin());
  }
  KeyBucket& bucket = buckets_.front();
  const double gained =
      static_cast<double>((now - bucket.filled_at).count()) / static_cast<double>(rate_.refill_interval.count());
  bucket.tokens = std::min(rate_.burst, bucket.tokens + std::max(0.0, gained));
  bucket.filled_at = now;
  return bucket;
}

Duration KeyedTokenBuckets::wait(std::string_view key, SteadyTime now) {
  const double missing = 1 - fill(key, now).tokens;
  if (missing <= 0) return Duration{0};
  return Duration(std::max<std::int64_t>(
      1, static_cast<std::int64_t>(std::ceil(missing * static_cast<double>(rate_.refill_interval.count())))));
}

void KeyedTokenBuckets::take(std::string_view key, SteadyTime now) {
  fill(key, now).tokens -= 1;
}

void KeyedTokenBuckets::give_back(std::string_view key, SteadyTime now) {
  KeyBucket& bucket = fill(key, now);
  bucket.tokens = std::min(rate_.burst, bucket.tokens + 1);
}

Duration LoginLimit::begin(const std::string& address, const std::string& account, SteadyTime now) {
  const std::scoped_lock guard(mutex_);
  const std::string pair = pair_of(address, account);
  const bool counts_for_account = !is_known(pair);
  Duration wait = std::max(pairs_.wait(pair, now), addresses_.wait(address, now));
  if (counts_for_account) wait = std::max(wait, accounts_.wait(account, now));
  if (wait.count() > 0) return wait;
  pairs_.take(pair, now);
  addresses_.take(address, now);
  if (counts_for_account) accounts_.take(account, now);
  return wait;
}

void LoginLimit::withdraw(const std::string& address, const std::string& account, SteadyTime now) {
  const std::scoped_lock guard(mutex_);
  const std::string pair = pair_of(address, account);
  pairs_.give_back(pair, now);
  addresses_.give_back(address, now);
  if (!is_known(pair)) accounts_.give_back(account, now);
}

void LoginLimit::succeeded(const std::string& address, const std::string& account, SteadyTime now) {
  withdraw(address, account, now);
  know(address, account);
}

void LoginLimit::know(const std::string& address, const std::string& account) {
  const std::scoped_lock guard(mutex_);
  std::string pair = pair_of(address, account);
  const auto found = known_by_pair_.find(pair);
  if (found != known_by_pair_.end()) {
    known_.splice(known_.begin(), known_, found->second);
    return;
  }
  if (known_.size() >= known_max) {
    known_by_pair_.erase(known_.back());
    known_.pop_back();
  }
  known_.push_front(std::move(pair));
  known_by_pair_.emplace(known_.front(), known_.begin());
}

Duration LoginLimit::begin_registration(const std::string& address, SteadyTime now) {
  const std::scoped_lock guard(mutex_);
  const Duration wait = registrations_.wait(address, now);
  if (wait.count() == 0) registrations_.take(address, now);
  return wait;
}

std::string address_for_limits(const std::string& address) {
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
  return hex({reinterpret_cast<const char*>(v6.s6_addr), 8}) + "/64";
}

}  // namespace sagactl::auth
