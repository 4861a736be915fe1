// The names of the locks' keys in Redis: see lock_scripts.hpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "server/adapters/redis/redis_address.hpp"

namespace sagactl::redis {

// The nodes of a cluster share its keys by what stands in braces: with all of the prefix in them the locks are
// together.
inline std::string prefix_for(const RedisAddress& address, const std::string& prefix) {
  if (address.kind != RedisKind::cluster) return prefix;
  const std::string name = prefix.ends_with(':') ? prefix.substr(0, prefix.size() - 1) : prefix;
  return std::string("{").append(name).append("}:");
}

class LockKeys {
 public:
  explicit LockKeys(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string lock(const std::string& key) const { return prefix_ + "k:" + key; }
  std::string waiting(const std::string& key) const { return prefix_ + "w:" + key; }
  std::string token() const { return prefix_ + "token"; }
  std::string channel() const { return prefix_ + "released"; }

  std::string all_locks() const {  // a pattern for SCAN
    std::string pattern;
    for (const char c : prefix_) {
      if (std::string_view("*?[]\\^-").find(c) != std::string_view::npos) pattern += '\\';
      pattern += c;
    }
    return pattern + "k:*";
  }
  std::string name_of(std::string_view lock_key) const { return std::string(lock_key.substr(prefix_.size() + 2)); }

 private:
  std::string prefix_;
};

}  // namespace sagactl::redis
