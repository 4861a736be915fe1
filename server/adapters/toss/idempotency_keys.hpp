// The Idempotency-Key of each call. Toss answers a repeated key with the first answer, for 15 days, even if that was a
// temporary error. So a call's key is kept while no answer has come, and replaced after an answer that asks for a
// retry. That is safe: a payment is confirmed, and cancelled in full, once under its payment key.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sagactl::toss {

class IdempotencyKeys {
 public:
  // Beyond this many calls the replaced keys are forgotten: the next retry of such a call gets the old answer once.
  static constexpr std::size_t retired_max = 10'000;

  // `call` identifies what must count once: "confirm" and the charge's key, for instance.
  std::string key_of(const std::string& call) const;
  void retire(const std::string& call);  // the next key_of() is another one

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, int> retired_;  // the number of replaced keys of a call
};

}  // namespace sagactl::toss
