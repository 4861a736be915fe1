#include "cli/dependencies/toss.hpp"

#include "cli/flag.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

void add_toss_flags(CLI::App& app, TossAccount& account) {
  const auto take_url = [&account](const std::string& text) -> Result<void> {
    if (const auto url = parse_http_url(text); !url) return url.error();
    account.url = text;
    return {};
  };
  const auto take_file = [&account](const std::string& text) -> Result<void> {
    account.secret_file = text;
    return {};
  };
  add_flag_with(app, "--toss-url", take_url, "URL",
                "Address of Toss Payments, or of a server with the same API [" + account.url + "]");
  add_flag_with(app, "--toss-secret-file", take_file, "FILE",
                "File with the secret key of Toss Payments, with mode 600");
  add_duration(app, "--toss-timeout", account.timeout,
               "Timeout for a call to Toss Payments; after it, the outcome is looked up [10s]");
}

TossAccount toss_account(const TossAccount& given, const Environment& environment) {
  TossAccount account = given;
  if (account.url == TossAccount{}.url) account.url = environment.get("SAGACTL_SERVE_TOSS_URL").value_or(account.url);
  if (account.secret_file.empty()) account.secret_file = environment.get("SAGACTL_SERVE_TOSS_SECRET_FILE").value_or("");
  if (!account.secret_file.empty()) account.secret_file = environment.resolve(account.secret_file);
  return account;
}

}  // namespace sagactl
