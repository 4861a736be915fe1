// The ids that begin with some digits, as they are copied from a page or remembered.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/ports/queries.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {

// The digits may stand behind "SAGA-", as a checkout shows them. None: no id can begin so.
inline std::optional<IdRange> ids_beginning_with(std::string_view digits) {
  constexpr std::string_view nil = "00000000-0000-0000-0000-000000000000", top = "ffffffff-ffff-ffff-ffff-ffffffffffff";
  digits = after_saga_prefix(digits);
  if (digits.empty() || digits.size() > nil.size()) return std::nullopt;
  const std::string begin(digits);
  const auto first = Uuid::parse(begin + std::string(nil.substr(begin.size())));
  const auto last = Uuid::parse(begin + std::string(top.substr(begin.size())));
  if (!first || !last) return std::nullopt;
  return IdRange{OrderId{*first}, OrderId{*last}};
}

}  // namespace sagactl::api
