#include "server/ports/store.hpp"

#include <set>

namespace sagactl {
namespace {

template <class Key>
void drop_known(std::vector<Key>& more, const std::vector<Key>& asked) {
  const std::set<Key> known(asked.begin(), asked.end());
  std::erase_if(more, [&](const Key& key) { return known.contains(key); });
}

}  // namespace

BatchKeys dependent_keys(const BatchKeys& keys, const Loaded& found) {
  BatchKeys more;
  if (!keys.add_dependent) return more;
  keys.add_dependent(found, more);
  drop_known(more.claims, keys.claims);
  drop_known(more.stocks, keys.stocks);
  return more;
}

}  // namespace sagactl
