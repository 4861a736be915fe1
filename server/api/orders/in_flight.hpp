// Which Idempotency-Keys this node is working on at the moment, so that the second of two requests at the
// same time is told to wait. Across nodes the engine's stored answer decides.
#pragma once

#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>

namespace sagactl::api {

class InFlight {
 public:
  // Holds a key until destroyed. Empty when somebody else holds it.
  class Hold {
   public:
    Hold() = default;
    Hold(InFlight& owner, std::string key) : owner_(&owner), key_(std::move(key)) {}
    Hold(Hold&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}
    Hold& operator=(Hold&& other) noexcept {
      std::swap(owner_, other.owner_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Hold() {
      if (owner_) owner_->release(key_);
    }
    explicit operator bool() const { return owner_ != nullptr; }

   private:
    InFlight* owner_ = nullptr;
    std::string key_;
  };

  Hold hold(const std::string& key) {
    const std::scoped_lock guard(mutex_);
    return keys_.insert(key).second ? Hold(*this, key) : Hold();
  }

 private:
  void release(const std::string& key) {
    const std::scoped_lock guard(mutex_);
    keys_.erase(key);
  }

  std::mutex mutex_;
  std::unordered_set<std::string> keys_;
};

}  // namespace sagactl::api
