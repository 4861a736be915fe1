// A token bucket per client address. Not for several threads at once.
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

  // Bursts of one second's worth. A rate of 0 admits everything. With `peers_max` addresses on record those
  // that have been idle are forgotten; when none has, a new address is admitted unrecorded.
  explicit RateLimit(double per_second, std::size_t peers_max = 65'536);

  // Takes one token; false when there is none.
  bool admit(const boost::asio::ip::address& peer, Time now);

  std::size_t peers() const { return buckets_.size(); }

 private:
  using Key = std::array<std::uint8_t, 16>;
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  struct Bucket {
    double tokens;
    Time filled;
  };

  static Key key_of(const boost::asio::ip::address& peer);
  void forget_idle(Time now);

  const double per_second_;
  const double burst_;
  const std::size_t peers_max_;
  std::unordered_map<Key, Bucket, Hash> buckets_;
};

}  // namespace sagactl::http
