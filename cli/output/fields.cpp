#include "cli/output/fields.hpp"

#include <algorithm>
#include <ostream>

#include "cli/output/display_text.hpp"

namespace sagactl {

void print(std::ostream& out, const Fields& fields, int width) {
  std::size_t names = 0;
  for (const auto& [name, value] : fields)
    if (!value.empty()) names = std::max(names, name.size());
  names += 2;
  const int room = width > 0 ? std::max(20, width - static_cast<int>(names)) : 1'000'000;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    out << name << std::string(names - name.size(), ' ');
    std::string before;
    for (const std::string& line : folded_line(value, room, room)) {
      out << before << line << '\n';
      before = std::string(names, ' ');
    }
  }
}

}  // namespace sagactl
