// The Idempotency-Keys of the requests that this node is processing, so that the second of two concurrent requests with
// one key is refused. Across nodes the engine's stored answer decides.
#pragma once

#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>

namespace sagactl::api {

// Any thread.
class InFlightKeys {
 public:
  // A key that is in flight until this is destroyed. Empty: another request has it.
  class Entry {
   public:
    Entry() = default;
    Entry(InFlightKeys& owner, std::string key) : owner_(&owner), key_(std::move(key)) {}
    Entry(Entry&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}
    Entry& operator=(Entry&& other) noexcept {
      std::swap(owner_, other.owner_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Entry() {
      if (owner_) owner_->remove(key_);
    }
    explicit operator bool() const { return owner_ != nullptr; }

   private:
    InFlightKeys* owner_ = nullptr;
    std::string key_;
  };

  Entry add(const std::string& key) {
    const std::scoped_lock guard(mutex_);
    return keys_.insert(key).second ? Entry(*this, key) : Entry();
  }

 private:
  void remove(const std::string& key) {
    const std::scoped_lock guard(mutex_);
    keys_.erase(key);
  }

  std::mutex mutex_;
  std::unordered_set<std::string> keys_;
};

}  // namespace sagactl::api
