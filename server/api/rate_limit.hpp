// How often one address may try to log in: a bucket of tries that fills again with time.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "common/time.hpp"

namespace sagactl::api {

class LoginLimit {
 public:
  static constexpr double tries_max = 10;               // at once
  static constexpr Duration one_more_after = 6s;        // so ten a minute in the long run
  static constexpr std::size_t addresses_max = 10'000;  // remembered; past it the full buckets are forgotten

  // Takes a try of `address`; false when it has none left.
  bool allow(const std::string& address, Timestamp now);

 private:
  struct Bucket {
    double tries = tries_max;
    Timestamp at;
  };
  static void fill(Bucket& bucket, Timestamp now);
  void forget_full(Timestamp now);

  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace sagactl::api
