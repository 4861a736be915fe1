#include "server/ports/store.hpp"

#include <fmt/format.h>

#include <set>

#include "server/saga/compile_definition.hpp"
#include "server/saga/dtm_definition.hpp"
#include "server/saga/lra_definition.hpp"

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

Result<void> check_publishable(const std::string& name, const std::string& text) {
  if (find_definition(name) || name == dtm_saga || name == dtm_message || name == lra_saga)
    return Error{ErrorCode::conflict, fmt::format("{} is the name of a saga that is built in: take another", name)};
  const auto compiled = compile_definition(text, 1);
  if (!compiled) return compiled.error();
  if ((*compiled)->is_inline || (*compiled)->name != name)
    return Error{ErrorCode::invalid,
                 fmt::format("saga: is '{}', and is to be published as '{}'", (*compiled)->name, name)};
  return {};
}

}  // namespace sagactl
