#include "cli/client/mistakes.hpp"

#include <fmt/format.h>

#include "cli/client/json_answer.hpp"

namespace sagactl {
namespace {

std::string mistake_text(const Json& mistake, const std::string& subject) {
  const std::string path = text_member(mistake, "path"), hint = text_member(mistake, "hint");
  return fmt::format("{}: {}{}", path.empty() ? subject : path, text_member(mistake, "message"),
                     hint.empty() ? "" : "; " + hint);
}

}  // namespace

Error with_mistakes(Error error, const std::string& subject) {
  const Json& mistakes = json_member(error.members, "errors");
  if (!mistakes.is_array() || mistakes.empty()) return error;
  std::string message = subject + " is refused:";
  for (const Json& mistake : mistakes)
    if (text_member(mistake, "severity") != "warning") message += "\n  " + mistake_text(mistake, subject);
  error.message = std::move(message);
  return error;
}

}  // namespace sagactl
