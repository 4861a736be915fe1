#include "server/adapters/toss/idempotency_keys.hpp"

#include "common/crypto.hpp"

namespace sagactl::toss {

std::string IdempotencyKeys::key_of(const std::string& call) const {
  const std::lock_guard lock(mutex_);
  const auto found = retired_.find(call);
  const int retired = found == retired_.end() ? 0 : found->second;
  return hex(sha256(call + "#" + std::to_string(retired)));
}

void IdempotencyKeys::retire(const std::string& call) {
  const std::lock_guard lock(mutex_);
  if (retired_.size() >= retired_max && !retired_.contains(call)) retired_.clear();
  ++retired_[call];
}

}  // namespace sagactl::toss
