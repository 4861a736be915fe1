#include "loadgen/profile/answer_shape.hpp"

#include <fmt/format.h>

#include "common/text/json_pointer.hpp"

namespace sagactl {

std::string json_pointer_fault(std::string_view pointer) {
  if (!pointer.starts_with('/'))
    return fmt::format("'{}' is not a JSON pointer: write /order/id, or {{ header = \"Location\" }} for a header",
                       pointer);
  if (!is_json_pointer(pointer))
    return fmt::format("'{}' is not a JSON pointer: in a name, write ~0 for ~ and ~1 for /", pointer);
  return {};
}

}  // namespace sagactl
