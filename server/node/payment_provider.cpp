#include "server/node/payment_provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "httpclient/url.hpp"
#include "server/adapters/toss/toss_gateway.hpp"
#include "server/auth/secrets.hpp"

namespace sagactl {
namespace {

constexpr const char* secret_key_file = "the file with the secret key of Toss Payments (--toss-secret-file)";

// The key is a user name, which ends at the first colon; spaces and line ends are not part of a key.
bool fits_basic_authentication(const std::string& secret) {
  return std::all_of(secret.begin(), secret.end(),
                     [](char c) { return std::isgraph(static_cast<unsigned char>(c)) && c != ':'; });
}

Result<std::string> read_secret(const std::filesystem::path& file) {
  if (file.empty())
    return Error{ErrorCode::invalid,
                 fmt::format("{} is missing; create it with mode 600 and name it", secret_key_file)};
  auto secret = auth::load_secret(file);
  if (!secret) {
    const bool empty = secret.error().code == ErrorCode::invalid;
    const std::string why = empty ? file.string() + " does not hold one" : secret.error().message;
    return Error{ErrorCode::invalid, fmt::format("{}: {}", secret_key_file, why)};
  }
  if (!fits_basic_authentication(*secret))
    return Error{ErrorCode::invalid, fmt::format("{}: {} does not hold a key, which is one word without a colon",
                                                 secret_key_file, file.string())};
  return secret;
}

}  // namespace

SimulatedGatewayOptions simulated_options(const SimulatedPayment& payment) {
  SimulatedGatewayOptions options;
  if (payment.success) options.success = options.other_success = *payment.success;
  options.delay_min = payment.delay_min;
  options.delay_max = payment.delay_max;
  options.timeout_share = payment.timeout_share;
  return options;
}

Result<TossOptions> toss_options(const TossAccount& account) {
  TossOptions options;
  auto base = parse_http_url(account.url);
  if (!base) return Error{ErrorCode::invalid, "--toss-url: " + base.error().message};
  if (!base->tls && !base->is_loopback())
    return Error{ErrorCode::invalid,
                 fmt::format("--toss-url: {} would carry the secret key in the clear; use https://, or a proxy on "
                             "127.0.0.1",
                             base->text())};
  options.base = std::move(base).value();
  auto secret = read_secret(account.secret_file);
  if (!secret) return secret.error();
  options.secret = std::move(secret).value();
  options.answer_time = account.timeout;
  return options;
}

Result<std::unique_ptr<PaymentGateway>> make_own_gateway(const NodeOptions& options, Clock& clock,
                                                         std::unique_ptr<ChargeBook> book) {
  switch (options.payment_provider) {
    case PaymentProvider::simulated:
      return make_simulated_gateway(simulated_options(options.payment), clock, std::move(book));
    case PaymentProvider::toss: {
      const auto toss = toss_options(options.toss);
      if (!toss) return toss.error();
      return make_toss_gateway(*toss);
    }
    case PaymentProvider::remote:
      break;
  }
  return Error{ErrorCode::invalid,
               "a payment participant cannot use a remote provider: choose --payment simulated or toss"};
}

}  // namespace sagactl
