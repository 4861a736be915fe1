#include "loadgen/profile/profile_headers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

struct RefusedHeader {
  std::string_view name, why;
};
constexpr std::array refused_headers = {
    RefusedHeader{"content-length", "it is set for each request: leave it out"},
    RefusedHeader{"transfer-encoding", "bodies are sent with their length: leave it out"},
    RefusedHeader{"trailer", "trailers are not supported: leave it out"},
    RefusedHeader{"te", "trailers are not supported: leave it out"},
    RefusedHeader{"upgrade", "other protocols are not supported: leave it out"},
    RefusedHeader{"http2-settings", "other protocols are not supported: leave it out"},
    RefusedHeader{"expect", "100-continue is not supported: leave it out"},
    RefusedHeader{"proxy-connection", "write Connection"},
};

bool is_of_token(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         marks.find(c) != std::string_view::npos;
}

// Excludes line breaks, which would start another header.
bool can_be_sent(char c) {
  return static_cast<unsigned char>(c) >= ' ' && c != '\x7F';
}

// What is wrong with a header; empty: nothing. `seen` has the names of those before it, in small letters.
std::string header_fault(const std::string& header, const std::string& value, std::set<std::string>& seen) {
  if (!std::all_of(value.begin(), value.end(), can_be_sent))
    return "its value has a line break or another character that is not allowed in a header";
  const std::string name = lower(header);
  if (!seen.insert(name).second) return "is there twice (header names are case-insensitive)";
  for (const RefusedHeader& it : refused_headers)
    if (name == it.name) return std::string(it.why);
  if (const std::string mode = lower(value); name == "connection" && mode != "close" && mode != "keep-alive")
    return "must be close or keep-alive";
  return {};
}

}  // namespace

const std::string* find_header(const RequestHeaders& headers, std::string_view name) {
  const std::string wanted = lower(name);
  for (const auto& [header, value] : headers)
    if (lower(header) == wanted) return &value;
  return nullptr;
}

std::vector<std::string> header_faults(const RequestHeaders& headers, std::string_view member) {
  std::vector<std::string> faults;
  std::set<std::string> seen;
  for (const auto& [header, value] : headers) {
    if (header.empty()) {
      faults.push_back(fmt::format("{}: a name is missing", member));
    } else if (!std::all_of(header.begin(), header.end(), is_of_token)) {
      faults.push_back(fmt::format("{}: '{}' is not a header name: use letters, digits and hyphens", member, header));
    } else if (const std::string fault = header_fault(header, value, seen); !fault.empty()) {
      faults.push_back(fmt::format("{}.{}: {}", member, header, fault));
    }
  }
  return faults;
}

}  // namespace sagactl
