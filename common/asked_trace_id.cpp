#include "common/asked_trace_id.hpp"

#include "common/text/text.hpp"
#include "common/trace_id.hpp"

namespace sagactl {

std::optional<std::string> asked_trace_id(std::string_view text) {
  const auto uuid = Uuid::parse(text);
  if (!uuid) return trace_id_of(lower(text));
  std::string digits = uuid->text();
  std::erase(digits, '-');
  return trace_id_of(digits);
}

}  // namespace sagactl
