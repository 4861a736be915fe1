#include "server/adapters/toss/idempotency_keys.hpp"

#include "common/crypto.hpp"

namespace sagactl::toss {

std::string IdempotencyKeys::key_of(const std::string& call) const {
  const std::lock_guard lock(mutex_);
  const auto found = spent_.find(call);
  const int spent = found == spent_.end() ? 0 : found->second;
  return hex(sha256(call + "#" + std::to_string(spent)));
}

void IdempotencyKeys::spend(const std::string& call) {
  const std::lock_guard lock(mutex_);
  if (spent_.size() >= spent_max && !spent_.contains(call)) spent_.clear();
  ++spent_[call];
}

}  // namespace sagactl::toss
