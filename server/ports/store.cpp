#include "server/ports/store.hpp"

#include <set>

namespace sagactl {
namespace {

template <class Key>
void remove_requested(std::vector<Key>& more, const std::vector<Key>& requested) {
  const std::set<Key> before(requested.begin(), requested.end());
  std::erase_if(more, [&](const Key& key) { return before.contains(key); });
}

}  // namespace

BatchKeys dependent_keys(const BatchKeys& keys, const Loaded& found) {
  BatchKeys more;
  if (!keys.add_dependent) return more;
  keys.add_dependent(found, more);
  remove_requested(more.claims, keys.claims);
  remove_requested(more.stocks, keys.stocks);
  return more;
}

}  // namespace sagactl
