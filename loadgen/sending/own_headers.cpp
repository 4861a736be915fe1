#include "loadgen/sending/own_headers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

struct Refused {
  std::string_view name, why;
};
constexpr std::array refused = {
    Refused{"content-length", "it is counted for each request: leave it out"},
    Refused{"transfer-encoding", "bodies are sent with their length: leave it out"},
    Refused{"trailer", "bodies are sent with their length, and nothing follows them: leave it out"},
    Refused{"te", "bodies are sent with their length, and nothing follows them: leave it out"},
    Refused{"upgrade", "another protocol cannot be spoken: leave it out"},
    Refused{"http2-settings", "another protocol cannot be spoken: leave it out"},
    Refused{"expect", "no request waits for leave to send its body: leave it out"},
    Refused{"proxy-connection", "write Connection"},
};

bool is_of_token(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         marks.find(c) != std::string_view::npos;
}

// Not a line break either, which would begin another header.
bool can_be_sent(char c) {
  return static_cast<unsigned char>(c) >= ' ' && c != '\x7F';
}

Error wrong_header(std::string_view name, std::string_view why) {
  return {ErrorCode::invalid, fmt::format("create.headers.{}: {}", name, why)};
}

}  // namespace

const std::string* find_header(const Profile& profile, std::string_view name) {
  const std::string wanted = lower(name);
  for (const auto& [header, value] : profile.headers)
    if (lower(header) == wanted) return &value;
  return nullptr;
}

Result<void> check_headers(const Profile& profile) {
  std::set<std::string> seen;
  for (const auto& [header, value] : profile.headers) {
    if (header.empty()) return Error{ErrorCode::invalid, "create.headers: a name is missing"};
    if (!std::all_of(header.begin(), header.end(), is_of_token))
      return Error{
          ErrorCode::invalid,
          fmt::format("create.headers: '{}' is no name of a header: letters, digits and hyphens make one", header)};
    if (!std::all_of(value.begin(), value.end(), can_be_sent))
      return wrong_header(header, "its value has a line break or a character that no header can carry");
    const std::string name = lower(header);
    if (!seen.insert(name).second) return wrong_header(header, "stands there twice (names of headers have no case)");
    for (const Refused& it : refused)
      if (name == it.name) return wrong_header(header, it.why);
    if (const std::string way = lower(value); name == "connection" && way != "close" && way != "keep-alive")
      return wrong_header(header, "must be close or keep-alive");
  }
  return {};
}

}  // namespace sagactl
