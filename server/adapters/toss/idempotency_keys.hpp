// The Idempotency-Key of each call. Toss answers a repeated key with the first answer, for 15 days, also when that was
// an error which has passed meanwhile. So a key is kept while no answer has come, and given up after one that asks for
// another try. That is safe: a payment is confirmed, and cancelled as a whole, once under its payment key.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sagactl::toss {

class IdempotencyKeys {
 public:
  // More than this many calls that were told to try again are forgotten: their next try hears the old answer once.
  static constexpr std::size_t spent_max = 10'000;

  // `call` is what is to count once: "confirm" and the charge's key, say.
  std::string key_of(const std::string& call) const;
  void spend(const std::string& call);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, int> spent_;  // how many keys of a call were given up
};

}  // namespace sagactl::toss
