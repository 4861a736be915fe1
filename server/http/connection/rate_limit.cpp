#include "server/http/connection/rate_limit.hpp"

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <cstring>

namespace sagactl::http {

RateLimit::RateLimit(double per_second, std::size_t peers_max)
    : per_second_(per_second), burst_(std::max(per_second, 1.0)), peers_max_(peers_max) {}

std::size_t RateLimit::AddressHash::operator()(const Key& key) const {
  std::uint64_t high, low;
  std::memcpy(&high, key.data(), 8);
  std::memcpy(&low, key.data() + 8, 8);
  return static_cast<std::size_t>((high ^ (low * 0x9E3779B97F4A7C15ull)) * 0xBF58476D1CE4E5B9ull);
}

RateLimit::Key RateLimit::key_of(const boost::asio::ip::address& peer) {
  if (peer.is_v4()) {
    Key key{};
    const auto bytes = peer.to_v4().to_bytes();
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return key;
  }
  Key key = peer.to_v6().to_bytes();
  // Of IPv6 the /64, since that is what one subscriber has.
  if (!peer.to_v6().is_v4_mapped()) std::fill(key.begin() + 8, key.end(), std::uint8_t{0xFF});
  return key;
}

void RateLimit::drop_idle(Time now) {
  std::erase_if(buckets_, [&](const auto& entry) {
    const std::chrono::duration<double> idle = now - entry.second.filled_at;
    return entry.second.tokens + idle.count() * per_second_ >= burst_;
  });
}

bool RateLimit::admit(const boost::asio::ip::address& peer, Time now) {
  if (per_second_ <= 0) return true;
  const Key key = key_of(peer);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= peers_max_) drop_idle(now);
    if (buckets_.size() >= peers_max_) return true;
    found = buckets_.emplace(key, PeerBucket{burst_, now}).first;
  }
  PeerBucket& bucket = found->second;
  const std::chrono::duration<double> passed = now - bucket.filled_at;
  bucket.tokens = std::min(burst_, bucket.tokens + passed.count() * per_second_);
  bucket.filled_at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace sagactl::http
