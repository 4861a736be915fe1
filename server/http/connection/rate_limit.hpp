// A token bucket per client address. Not thread-safe.
#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace sagactl::http {

class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Bursts of one second's tokens. A rate of 0 admits everything. At `peers_max` addresses the idle ones are dropped;
  // when none is idle, a new address is admitted without being tracked.
  explicit RateLimit(double per_second, std::size_t peers_max = 65'536);

  // Takes a token; false when the bucket is empty.
  bool admit(const boost::asio::ip::address& peer, Time now);

  std::size_t peers() const { return buckets_.size(); }

 private:
  using Key = std::array<std::uint8_t, 16>;
  struct AddressHash {
    std::size_t operator()(const Key& key) const;
  };
  struct PeerBucket {
    double tokens;
    Time filled_at;
  };

  static Key key_of(const boost::asio::ip::address& peer);
  void drop_idle(Time now);

  const double per_second_;
  const double burst_;
  const std::size_t peers_max_;
  std::unordered_map<Key, PeerBucket, AddressHash> buckets_;
};

}  // namespace sagactl::http
