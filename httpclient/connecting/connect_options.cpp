#include "httpclient/connecting/connect_options.hpp"

#include <fmt/format.h>

#include "common/text/percent.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"
#include "httpclient/basic_auth.hpp"

namespace sagactl {
namespace {

constexpr std::string_view scheme_of_proxies = "http://";

}  // namespace

Result<HttpProxy> parse_proxy(std::string_view text) {
  const auto wrong = [&] {
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' is no HTTP proxy: write it like http://proxy:3128, with credentials like "
                             "http://user:password@proxy:3128",
                             without_secrets(text))};
  };
  std::string_view rest = trim(text);
  if (lower(rest.substr(0, scheme_of_proxies.size())) == scheme_of_proxies)
    rest.remove_prefix(scheme_of_proxies.size());
  HttpProxy proxy;
  if (const auto at = rest.rfind('@'); at != rest.npos) {
    const std::string_view credentials = rest.substr(0, at);
    const auto colon = credentials.find(':');
    const auto user = percent_decode(credentials.substr(0, colon));
    const auto password = percent_decode(colon == credentials.npos ? "" : credentials.substr(colon + 1));
    if (!user || !password || user->empty() || user->find(':') != user->npos) return wrong();
    proxy.authorization = basic_authorization(*user, *password);
    rest.remove_prefix(at + 1);
  }
  if (rest.find("://") != rest.npos) return wrong();
  auto url = parse_node_url(fmt::format("{}{}", scheme_of_proxies, rest));
  if (!url || !url->prefix.empty()) return wrong();
  proxy.url = std::move(*url);
  return proxy;
}

}  // namespace sagactl
