#include "server/http/message/request.hpp"

#include <algorithm>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "server/http/connection/peer_process.hpp"

namespace sagactl::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Result<void> parse_query(std::string_view text, Pairs& out) {
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find('&'));
    text.remove_prefix(item.size() < text.size() ? item.size() + 1 : text.size());
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    auto name = percent_decode(item.substr(0, equals), true);
    auto value = percent_decode(equals == item.npos ? std::string_view{} : item.substr(equals + 1), true);
    if (!name || !value)
      return Error{ErrorCode::invalid, "the query has a % that is not followed by two hexadecimal digits"};
    out.emplace_back(std::move(*name), std::move(*value));
  }
  return {};
}

}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const {
  for (const Header& h : headers)
    if (h.name == lower_case_name) return h.value;
  return {};
}

std::string_view Request::cookie(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name != "cookie") continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      const std::string_view pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
      const std::string_view trimmed = trim(pair);
      if (trimmed.size() > name.size() && trimmed.starts_with(name) && trimmed[name.size()] == '=')
        return trimmed.substr(name.size() + 1);
    }
  }
  return {};
}

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return {};
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

std::vector<std::string_view> Request::query_values(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : query)
    if (key == name) values.push_back(value);
  return values;
}

std::string_view Request::why_not_local() {
  if (not_local_reason.empty() && peer_process) not_local_reason = peer_process->not_local_reason();
  return not_local_reason;
}

Result<void> Request::set_target(std::string_view text) {
  target = text;
  query.clear();
  // Proxies are sent the absolute form ("http://host/path").
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::size_t slash = text.find('/', scheme.size());
    text = slash == text.npos ? std::string_view{"/"} : text.substr(slash);
    break;
  }
  text = text.substr(0, text.find('#'));
  const std::size_t mark = text.find('?');
  path = text.substr(0, mark);
  if (mark == text.npos) return {};
  return parse_query(text.substr(mark + 1), query);
}

}  // namespace sagactl::http
