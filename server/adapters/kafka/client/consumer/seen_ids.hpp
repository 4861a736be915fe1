// Whether an id was seen before, among the newest ones.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

namespace sagactl::kafka {

class SeenIds {
 public:
  explicit SeenIds(std::size_t ids_max) : ids_max_(ids_max) {}

  bool contains(const std::string& id) const { return ids_.contains(id); }

  void add(const std::string& id) {
    if (!ids_.insert(id).second) return;
    order_.push_back(id);
    if (order_.size() <= ids_max_) return;
    ids_.erase(order_.front());
    order_.pop_front();
  }

 private:
  const std::size_t ids_max_;
  std::unordered_set<std::string> ids_;
  std::deque<std::string> order_;
};

}  // namespace sagactl::kafka
