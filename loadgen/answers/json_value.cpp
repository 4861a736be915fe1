#include "loadgen/answers/json_value.hpp"

#include "common/text/json_members.hpp"
#include "loadgen/answers/json_string.hpp"

namespace sagactl {

std::optional<std::string_view> json_value(std::string_view body, const std::vector<std::string>& path,
                                           std::string& room) {
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    JsonMembers members(body);
    std::optional<JsonMember> member;
    while ((member = members.next()) && json_string_text(member->name, room) != path[depth]) {
    }
    if (!member) return std::nullopt;
    const bool is_last = depth + 1 == path.size();
    if (is_last && !member->is_string)
      return member->value == "null" ? std::optional<std::string_view>() : member->value;
    if (is_last) return json_string_text(member->value, room);
    if (member->is_string) return std::nullopt;
    body = member->value;
  }
  return std::nullopt;
}

}  // namespace sagactl
