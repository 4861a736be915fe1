// Limits on password checks and registrations. Only failed checks count, so that many users behind one address can log
// in; and nobody can lock an account's owner out by failing on purpose.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/steady_time.hpp"

namespace sagactl::auth {

// A token bucket for each key. Above `keys_max` keys the least recently used is dropped. Not thread-safe.
class KeyedTokenBuckets {
 public:
  struct BucketRate {
    double burst;              // tokens of a full bucket
    Duration refill_interval;  // for one token
  };
  explicit KeyedTokenBuckets(BucketRate rate, std::size_t keys_max = 50'000) : rate_(rate), keys_max_(keys_max) {}

  Duration wait(std::string_view key, SteadyTime now);  // until there is a token; 0: there is one
  void take(std::string_view key, SteadyTime now);      // precondition: there is a token
  void give_back(std::string_view key, SteadyTime now);
  std::size_t size() const { return buckets_.size(); }

 private:
  struct KeyBucket {
    std::string key;
    double tokens;
    SteadyTime filled_at;
  };
  KeyBucket& fill(std::string_view key, SteadyTime now);

  const BucketRate rate_;
  const std::size_t keys_max_;
  std::list<KeyBucket> buckets_;  // most recently used first
  std::unordered_map<std::string_view, std::list<KeyBucket>::iterator> by_key_;
};

// Any thread.
class LoginLimit {
 public:
  // One address with one account: a forgetful user, or an attacker guessing one password.
  static constexpr KeyedTokenBuckets::BucketRate of_pair{10, 6s};
  // One address with all accounts: an attacker trying one password with many.
  static constexpr KeyedTokenBuckets::BucketRate of_address{30, 4s};
  // One account from all addresses, except those from which its user has logged in: a distributed attacker. Higher than
  // of_address, so that one address alone cannot exhaust it.
  static constexpr KeyedTokenBuckets::BucketRate of_account{100, 3s};
  static constexpr KeyedTokenBuckets::BucketRate of_registrations{60, 1s};  // of one address; each costs a hash
  static constexpr std::size_t known_max = 50'000;                          // pairs of account and known address

  // Called before a password is checked. 0: it may be; else how long to wait.
  Duration begin(const std::string& address, const std::string& account, SteadyTime now);
  // The password was right: this check does not count, and the address is known as the account's from now on.
  void succeeded(const std::string& address, const std::string& account, SteadyTime now);
  // The password was not checked.
  void withdraw(const std::string& address, const std::string& account, SteadyTime now);
  // A valid refresh token has shown that the address is the account's.
  void know(const std::string& address, const std::string& account);

  // Called before a registration. 0: it may proceed; else how long to wait.
  Duration begin_registration(const std::string& address, SteadyTime now);

 private:
  bool is_known(const std::string& pair) const { return known_by_pair_.contains(pair); }

  std::mutex mutex_;
  KeyedTokenBuckets pairs_{of_pair}, addresses_{of_address}, accounts_{of_account}, registrations_{of_registrations};
  std::list<std::string> known_;  // pairs, most recently used first
  std::unordered_map<std::string_view, std::list<std::string>::iterator> known_by_pair_;
};

// The key of a client's address in limits: of IPv6 the /64, since that is what one subscriber has.
std::string address_for_limits(const std::string& address);

}  // namespace sagactl::auth
