#include "loadgen/profile/answer_shape.hpp"

#include <fmt/format.h>

namespace sagactl {

std::string json_pointer_fault(std::string_view pointer) {
  if (!pointer.starts_with('/'))
    return fmt::format("'{}' is not a JSON pointer: write /order/id, or {{ header = \"Location\" }} for a header",
                       pointer);
  for (std::size_t at = pointer.find('~'); at != std::string_view::npos; at = pointer.find('~', at + 1))
    if (at + 1 == pointer.size() || (pointer[at + 1] != '0' && pointer[at + 1] != '1'))
      return fmt::format("'{}' is not a JSON pointer: in a name, write ~0 for ~ and ~1 for /", pointer);
  return {};
}

}  // namespace sagactl
