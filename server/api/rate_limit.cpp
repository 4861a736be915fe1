#include "server/api/rate_limit.hpp"

#include <algorithm>

namespace sagactl::api {

bool LoginLimit::allow(const std::string& address, Timestamp now) {
  const std::scoped_lock guard(mutex_);
  if (buckets_.size() >= addresses_max && !buckets_.contains(address)) {
    forget_full(now);
    // So many addresses at once are an attack: who is not known yet has to wait.
    if (buckets_.size() >= addresses_max) return false;
  }
  Bucket& bucket = buckets_.try_emplace(address, Bucket{tries_max, now}).first->second;
  fill(bucket, now);
  if (bucket.tries < 1) return false;
  bucket.tries -= 1;
  return true;
}

void LoginLimit::fill(Bucket& bucket, Timestamp now) {
  const double gained =
      static_cast<double>((now - bucket.at).count()) / static_cast<double>(Duration(one_more_after).count());
  bucket.tries = std::min(tries_max, bucket.tries + std::max(0.0, gained));
  bucket.at = now;
}

void LoginLimit::forget_full(Timestamp now) {
  for (auto entry = buckets_.begin(); entry != buckets_.end();) {
    fill(entry->second, now);
    entry = entry->second.tries >= tries_max ? buckets_.erase(entry) : std::next(entry);
  }
}

}  // namespace sagactl::api
