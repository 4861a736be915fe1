#include "cli/client/connecting.hpp"

#include <algorithm>
#include <fstream>

#include "common/text/text.hpp"
#include "httpclient/connecting/tls.hpp"

namespace sagactl {
namespace {

Result<std::filesystem::path> file_of(const Invocation& invocation, const std::string& flag, const std::string& name) {
  if (name.empty()) return std::filesystem::path();
  const auto path = invocation.environment.resolve(name);
  if (std::ifstream(path).good() && std::filesystem::is_regular_file(path)) return path;
  return Error{ErrorCode::invalid, flag + ": " + name + " is not a file that can be read"};
}

std::string_view advice_of(TlsFault fault) {
  switch (fault) {
    case TlsFault::expired:
      return "renew the server's certificate, or set this machine's clock; for a test, --insecure accepts it";
    case TlsFault::other_name:
      return "use a host name from its certificate in --url; for a test, --insecure accepts any";
    case TlsFault::unknown_authority:
      return "pass the certificate of the authority that signed it (PEM) with --ca-file; for a test, --insecure "
             "accepts any";
    case TlsFault::not_tls:
      return "if the server speaks plain HTTP at that port, write http:// in --url";
    case TlsFault::no_certificate:
      return "pass a certificate that the server accepts, with its key, by --cert and --cert-key";
    case TlsFault::no_protocol:
      return "leave out --http2: the server speaks HTTP/1.1";
    case TlsFault::wanted:
      return "write https:// in the place of http:// in --url";
    case TlsFault::other:
      break;
  }
  return {};
}

}  // namespace

Result<ConnectOptions> connect_options(const Invocation& invocation) {
  const GlobalSettings& settings = invocation.settings;
  ConnectOptions options;
  options.insecure = settings.insecure;
  struct NamedFile {
    const char* flag;
    const std::string& name;
    std::filesystem::path& path;
  };
  for (const NamedFile& it : {NamedFile{"--ca-file", settings.ca_file, options.authorities},
                              NamedFile{"--cert", settings.certificate_file, options.certificate},
                              NamedFile{"--cert-key", settings.certificate_key_file, options.key}}) {
    auto path = file_of(invocation, it.flag, it.name);
    if (!path) return path.error();
    it.path = std::move(*path);
  }
  if (options.certificate.empty() != options.key.empty())
    return Error{ErrorCode::invalid, options.key.empty()
                                         ? "--cert needs --cert-key, the file with the key of that certificate"
                                         : "--cert-key needs --cert, the file with the certificate of that key"};
  if (settings.proxy.empty()) return options;
  auto proxy = parse_proxy(settings.proxy);
  if (!proxy) return Error{ErrorCode::invalid, "--proxy: " + proxy.error().message};
  options.proxy = std::move(*proxy);
  return options;
}

void warn_of_insecure(const Invocation& invocation) {
  const auto is_https = [](const std::string& text) {
    const auto url = parse_node_url(text);
    return url && url->tls;
  };
  const auto& urls = invocation.settings.urls;
  if (invocation.settings.insecure && std::any_of(urls.begin(), urls.end(), is_https))
    invocation.info("sagactl: warning: --insecure: the server's identity is not verified");
}

Error with_connecting_advice(Error error, std::string_view flag) {
  if (error.members.is_object() && error.members.contains("proxy"))
    return with_hint(std::move(error), "start the proxy, write its address in --proxy, or leave --proxy out");
  const auto member = error.members.is_object() ? error.members.find("tls") : error.members.end();
  if (member == error.members.end() || !member->is_string()) return error;
  const auto fault = from_string<TlsFault>(member->get<std::string>());
  std::string advice(fault ? advice_of(*fault) : std::string_view());
  replace_all(advice, "--url", flag);
  return advice.empty() ? error : with_hint(std::move(error), std::move(advice));
}

}  // namespace sagactl
