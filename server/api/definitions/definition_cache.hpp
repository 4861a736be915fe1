// The newest versions of users' definitions, so that starting a saga does not read the database each time.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "common/steady_time.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::api {

// Any thread. What another node publishes or retires counts here within `valid_for`.
class DefinitionCache {
 public:
  static constexpr Duration valid_for = 500ms;
  static constexpr std::size_t size_max = 1'000;

  std::optional<StoredDefinition> find(const std::string& name, SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end() || now - found->second.read_at > valid_for) return std::nullopt;
    return found->second.definition;
  }
  // `read_at`: from before it was read.
  void put(const std::string& name, StoredDefinition definition, SteadyTime read_at) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= size_max) entries_.clear();
    entries_.insert_or_assign(name, Entry{std::move(definition), read_at});
  }
  // After this node has published or retired it.
  void forget(const std::string& name) {
    const std::lock_guard lock(mutex_);
    entries_.erase(name);
  }

 private:
  struct Entry {
    StoredDefinition definition;
    SteadyTime read_at;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace sagactl::api
