// The names of the locks' keys in Redis: see lock_scripts.hpp.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sagactl::redis {

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
