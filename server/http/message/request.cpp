#include "server/http/message/request.hpp"

#include "common/text/percent.hpp"
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

std::string_view Request::why_stranger() {
  if (stranger.empty() && peer_process) stranger = peer_process->doubt();
  return stranger;
}

Result<void> Request::set_target(std::string_view text) {
  target = text;
  query.clear();
  // The absolute form ("http://host/path") is what proxies are sent; the path is the same.
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
