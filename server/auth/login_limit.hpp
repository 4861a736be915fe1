// How often passwords may be tried and accounts be made. Only tries that fail are counted, so that many people behind
// one address may log in; and nobody can shut an account for its owner by failing on purpose.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/steady_time.hpp"

namespace sagactl::auth {

// Tries that fill again with time, one bucket for each key. Of more than `keys_max` keys those are forgotten that were
// not asked for longest. Not for several threads at once.
class TryBuckets {
 public:
  struct Rate {
    double at_once;
    Duration one_more_after;
  };
  explicit TryBuckets(Rate rate, std::size_t keys_max = 50'000) : rate_(rate), keys_max_(keys_max) {}

  Duration wait(std::string_view key, SteadyTime now);  // until there is a try; 0: there is one
  void take(std::string_view key, SteadyTime now);      // one that is there
  void give_back(std::string_view key, SteadyTime now);
  std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    std::string key;
    double tries;
    SteadyTime at;
  };
  Bucket& fill(std::string_view key, SteadyTime now);

  const Rate rate_;
  const std::size_t keys_max_;
  std::list<Bucket> buckets_;  // the one that was asked for last comes first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key_;
};

// Any thread.
class LoginLimit {
 public:
  // An address and an account together: a forgetful user, or somebody who guesses one password.
  static constexpr TryBuckets::Rate of_pair{10, 6s};
  // An address with all accounts: somebody who tries one password with many.
  static constexpr TryBuckets::Rate of_address{30, 4s};
  // An account from all addresses but those from which its password was right before: many machines that guess. So many
  // that one address alone cannot use them up.
  static constexpr TryBuckets::Rate of_account{100, 3s};
  static constexpr TryBuckets::Rate of_registrations{60, 1s};  // of an address; each costs the node a hash
  static constexpr std::size_t known_max = 50'000;             // addresses that are known to be an account's

  // Takes a try before the password is looked at; 0: it was there. Else how long to wait for one.
  Duration begin(const std::string& address, const std::string& account, SteadyTime now);
  // The password was right: the try does not count, and the address is known to be the account's from now on.
  void succeeded(const std::string& address, const std::string& account, SteadyTime now);
  // The password was not looked at.
  void withdraw(const std::string& address, const std::string& account, SteadyTime now);
  // The account's user is at this address, by a refresh token that was good.
  void know(const std::string& address, const std::string& account);

  // Takes one of the address's registrations; 0: it was there. Else how long to wait for one.
  Duration begin_registration(const std::string& address, SteadyTime now);

 private:
  bool is_known(const std::string& pair) const { return known_by_pair_.contains(pair); }

  std::mutex mutex_;
  TryBuckets pairs_{of_pair}, addresses_{of_address}, accounts_{of_account}, registrations_{of_registrations};
  std::list<std::string> known_;  // pairs; the one that was right last comes first
  std::unordered_map<std::string_view, std::list<std::string>::iterator> known_by_pair_;
};

// What an address counts as: one subscriber of an IPv6 network has a whole /64.
std::string address_for_limits(const std::string& address);

}  // namespace sagactl::auth
