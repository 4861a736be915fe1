#include "server/adapters/simulated/memory_charge_book.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sagactl {
namespace {

// Keys are identified by their hash: the probability that any two of a million keys collide is below one in ten
// million.
class MemoryChargeBook : public ChargeBook {
 public:
  explicit MemoryChargeBook(std::size_t keys_max) : keys_max_(keys_max) {}

  Result<std::optional<ChargeState>> find(const std::string& key) override {
    const std::lock_guard lock(mutex_);
    const auto found = states_.find(std::hash<std::string>{}(key));
    return found == states_.end() ? std::nullopt : std::optional(found->second);
  }

  Result<void> put(const std::string& key, ChargeState state) override {
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = states_.insert_or_assign(std::hash<std::string>{}(key), state);
    if (!is_new) return {};
    order_.push_back(place->first);
    if (order_.size() <= keys_max_) return {};
    states_.erase(order_.front());
    order_.pop_front();
    return {};
  }

 private:
  const std::size_t keys_max_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, ChargeState> states_;
  std::deque<std::uint64_t> order_;  // oldest first
};

}  // namespace

std::unique_ptr<ChargeBook> make_memory_charge_book(std::size_t keys_max) {
  return std::make_unique<MemoryChargeBook>(keys_max);
}

}  // namespace sagactl
