#include "common/text/json_pointer.hpp"

namespace sagactl {

bool is_json_pointer(std::string_view text) {
  if (text.empty()) return true;
  if (!text.starts_with('/')) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  return true;
}

}  // namespace sagactl
