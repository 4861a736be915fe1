#include "server/node/payment_provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "httpclient/url.hpp"
#include "server/adapters/toss/toss_gateway.hpp"
#include "server/auth/secrets.hpp"

namespace sagactl {
namespace {

constexpr const char* where_from = "the secret key of Toss Payments is in a file of its own (--toss-secret-file)";

// Its user name ends at the first colon, and a key of two lines is none.
bool fits_basic_authentication(const std::string& secret) {
  return std::all_of(secret.begin(), secret.end(),
                     [](char c) { return std::isgraph(static_cast<unsigned char>(c)) && c != ':'; });
}

Result<std::string> read_secret(const std::filesystem::path& file) {
  if (file.empty())
    return Error{ErrorCode::invalid, fmt::format("{}: name it, with mode 600", where_from)};
  auto secret = auth::load_secret(file);
  if (!secret) {
    const bool empty = secret.error().code == ErrorCode::invalid;
    const std::string why = empty ? file.string() + " does not hold one" : secret.error().message;
    return Error{ErrorCode::invalid, fmt::format("{}: {}", where_from, why)};
  }
  if (!fits_basic_authentication(*secret))
    return Error{ErrorCode::invalid, fmt::format("{}: {} holds something else: a key is one word without a colon",
                                                 where_from, file.string())};
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
                 fmt::format("--toss-url: {} would carry the secret key in the clear; write https://, or put a proxy "
                             "on 127.0.0.1",
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
    case PaymentProvider::remote: break;
  }
  return Error{ErrorCode::invalid,
               "a payment participant cannot pass its commands on: choose --payment simulated or toss"};
}

}  // namespace sagactl
