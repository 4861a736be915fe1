#include "cli/output/fields.hpp"

#include <algorithm>
#include <ostream>

namespace sagactl {

void print(std::ostream& out, const Fields& fields) {
  std::size_t width = 0;
  for (const auto& [name, value] : fields)
    if (!value.empty()) width = std::max(width, name.size());
  for (const auto& [name, value] : fields)
    if (!value.empty()) out << name << std::string(width - name.size() + 2, ' ') << value << '\n';
}

}  // namespace sagactl
