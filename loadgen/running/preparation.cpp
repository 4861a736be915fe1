#include "loadgen/running/preparation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "common/crypto.hpp"
#include "loadgen/profile/test_data.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

// In the form of ALPN (RFC 7301, section 3.1).
constexpr unsigned char offers_http1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr unsigned char offers_http2[] = {2, 'h', '2'};

constexpr std::int64_t renew_retry_ns = 5'000'000'000;

const HttpProxy* proxy_of(const LoadOptions& options) {
  return options.connect.proxy ? &*options.connect.proxy : nullptr;
}

std::optional<std::int64_t> time_until(const std::optional<std::int64_t>& at_ns) {
  return at_ns ? std::optional(std::max<std::int64_t>(0, *at_ns - steady_ns())) : std::nullopt;
}

std::optional<std::int64_t> time_from_now(const std::optional<std::int64_t>& in_ns) {
  return in_ns ? std::optional(steady_ns() + *in_ns) : std::nullopt;
}

}  // namespace

std::string new_run_id() {
  constexpr char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string id;
  for (std::uint64_t rest = random_u64(); id.size() < 10; rest /= 36) id.push_back(digits[rest % 36]);
  return id;
}

// Adds the route to a host.
Result<void> RunPreparation::make_route(const Url& url) {
  if (url.tls && !tls_) {
    auto made = make_tls_for(url, options_.connect);
    if (!made) return made.error();
    tls_ = std::move(*made);
    TlsSession::enable(tls_->native_handle());
    SSL_CTX_set_alpn_protos(tls_->native_handle(), options_.http2 ? offers_http2 : offers_http1,
                            options_.http2 ? sizeof offers_http2 : sizeof offers_http1);
    SSL_CTX_set_read_ahead(tls_->native_handle(), 1);  // a record by one call of the kernel
  }
  routes_.push_back(route_to(url, proxy_of(options_), url.tls ? tls_->native_handle() : nullptr));
  if (options_.http2) routes_.back().protocol = "h2";
  return {};
}

Result<void> RunPreparation::resolve_targets() {
  std::string unreachable;
  std::vector<std::string> targets;
  for (std::size_t host = 0; host < options_.targets.size(); ++host) {
    auto url = parse_node_url(options_.targets[host]);
    if (!url) return url.error();
    if (auto made = make_route(*url); !made) return made;
    auto found = resolve_target(*url, proxy_of(options_), routes_.back());
    if (!found) return found.error();
    if (found->reachable && !reachable_url_) {
      reachable_url_ = *url;
      reachable_target_ = static_cast<std::uint16_t>(urls_.size());
    }
    if (!found->reachable) unreachable += (unreachable.empty() ? "" : ", ") + url->text();
    // Each address is a separate target, in the load and in the report.
    for (std::size_t i = 0; i < found->addresses.size(); ++i) {
      addresses_.push_back(found->addresses[i]);
      addresses_.back().host = static_cast<std::uint16_t>(host);
      addresses_.back().route = &routes_.back();
      urls_.push_back(*url);
      targets.push_back(options_.targets[host]);
      target_names_.push_back(found->addresses.size() > 1 ? fmt::format("{} ({})", url->text(), found->names[i])
                                                          : url->text());
    }
  }
  options_.targets = std::move(targets);
  if (reachable_url_) return {};
  if (const HttpProxy* proxy = proxy_of(options_))
    return Error{ErrorCode::unavailable,
                 fmt::format("cannot connect to {}, which leads to {}", proxy->name(), unreachable),
                 Json{{"proxy", proxy->name()}}};
  return Error{ErrorCode::unavailable, fmt::format("cannot connect to {}", unreachable)};
}

Result<void> RunPreparation::open_users() {
  if (!options_.token.empty()) {
    accounts_ = {{"", options_.token, std::nullopt}};
  } else if (options_.profile.accounts == Profile::Accounts::registered) {
    auto accounts = open_accounts(*reachable_url_, options_.users, http_options(), stop_);
    if (!accounts) return accounts.error();
    accounts_ = std::move(*accounts);
  }
  if (options_.profile.accounts == Profile::Accounts::registered) {
    for (const LoadAccount& account : accounts_) users_.push_back({account.user_id, account.token, false});
    return {};
  }
  for (const std::string& name : options_.profile.users) users_.push_back({name, options_.token, false});
  const std::uint32_t synthetic = users_.empty() ? options_.users : 0;
  for (std::uint32_t i = 1; i <= synthetic; ++i) users_.push_back({synthetic_user(i), options_.token, false});
  return {};
}

Result<void> RunPreparation::prepare_test_data() {
  catalogue_ = options_.profile.catalogue;
  if (options_.profile.test_data.empty()) return {};
  const TestDataScope scope{options_.run, options_.token, options_.users, options_.timeout, options_.connect};
  auto prepared = request_test_data(*reachable_url_, options_.profile.test_data, scope);
  if (!prepared) return prepared.error();
  if (!prepared->products.empty()) catalogue_ = std::move(prepared->products);
  if (!prepared->users.empty()) users_ = std::move(prepared->users);
  for (LoadUser& user : users_)
    if (user.token.empty()) user.token = options_.token;
  return {};
}

SingleRequestsSetup RunPreparation::single_requests_setup() {
  SingleRequestsSetup setup;
  setup.profile = &options_.profile;
  setup.writer = &*writer_;
  setup.server = *reachable_url_;
  setup.target = reachable_target_;
  setup.token = options_.token;
  setup.http = http_options();
  return setup;
}

void RunPreparation::make_writer() {
  RequestWriterSetup requests;
  requests.profile = options_.profile;
  requests.plan = product_plan_of(options_, options_.run, catalogue_);
  requests.targets = urls_;
  requests.proxy = options_.connect.proxy;
  requests.users = users_;
  requests.close = options_.fresh_connections;
  requests.compressed = options_.compressed;
  writer_.emplace(requests);
  single_requests_.emplace(single_requests_setup());
}

Result<void> RunPreparation::set_up() {
  if (options_.profile.journey.set_up.empty()) return {};
  auto values = single_requests_->set_up();
  if (!values) return values.error();
  run_values_ = std::move(*values);
  return {};
}

// Several at once. The error is that of the first user that could not be logged in.
Result<void> RunPreparation::log_in(const std::vector<std::size_t>& users, bool stops_at_failure) {
  const std::size_t threads = std::min<std::size_t>(options_.concurrency.value_or(default_concurrency), users.size());
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::optional<std::pair<std::size_t, Error>> failed;
  const auto log_in_some = [&] {
    SingleRequests requests(single_requests_setup());
    for (std::size_t place = next++; place < users.size() && !stop_.stop_requested(); place = next++) {
      const auto again = requests.log_in(users[place]);
      if (requests.lost_a_cookie()) loses_cookies_ = true;
      if (again) {
        log_in_again_ns_[users[place]] = *again;
        continue;
      }
      const std::lock_guard lock(mutex);
      if (!failed || place < failed->first) failed.emplace(place, again.error());
      log_in_again_ns_[users[place]] = steady_ns() + renew_retry_ns;
      if (stops_at_failure) next = users.size();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(log_in_some);
    log_in_some();
  }
  return failed ? Result<void>(failed->second) : Result<void>();
}

RunPreparation::~RunPreparation() {
  if (options_.sample) options_.sample->set_user_headers(nullptr);
}

Result<void> RunPreparation::prepare_faults() {
  auto faults = FaultRun::prepare(options_, urls_, addresses_, share_ ? &*share_ : nullptr);
  if (!faults) return faults.error();
  faults_ = std::move(*faults);
  return {};
}

Result<void> RunPreparation::prepare() {
  if (auto found = resolve_targets(); !found) return found;
  if (auto opened = open_users(); !opened) return opened;
  if (auto prepared = prepare_faults(); !prepared) return prepared;
  if (auto prepared = prepare_test_data(); !prepared) return prepared;
  make_writer();
  if (auto done = set_up(); !done) return done;
  if (!options_.profile.journey.log_in.any()) return {};
  log_in_again_ns_.resize(users_.size());
  std::vector<std::size_t> all(users_.size());
  for (std::size_t user = 0; user < all.size(); ++user) all[user] = user;
  refused_log_in_ns_.resize(users_.size());
  auto done = log_in(all, true);
  if (options_.sample)
    options_.sample->set_user_headers([this](std::size_t user) { return single_requests_->headers_of_user(user); });
  return done;
}

void RunPreparation::begin_faults(std::int64_t start_ns) {
  if (faults_) faults_->begin(start_ns);
}

std::vector<FaultMark> RunPreparation::end_faults() {
  return faults_ ? faults_->end() : std::vector<FaultMark>();
}

Result<void> RunPreparation::adopt(PreparedRun prepared) {
  if (auto found = resolve_targets(); !found) return found;
  if (auto faults = prepare_faults(); !faults) return faults;
  if (prepared.users.empty()) return Error{ErrorCode::invalid, "the run has no users"};
  catalogue_ = std::move(prepared.catalogue);
  run_values_ = std::move(prepared.run_values);
  for (const PreparedUser& it : prepared.users) {
    users_.push_back({it.id, it.token, it.id_is_number});
    accounts_.push_back({it.id, it.token, time_from_now(it.renew_in_ns)});
  }
  make_writer();
  writer_->set_run_values(run_values_);
  if (options_.profile.journey.log_in.any()) {
    log_in_again_ns_.resize(users_.size());
    refused_log_in_ns_.resize(users_.size());
  }
  for (std::size_t user = 0; user < prepared.users.size(); ++user) {
    PreparedUser& it = prepared.users[user];
    if (!log_in_again_ns_.empty()) log_in_again_ns_[user] = time_from_now(it.log_in_in_ns);
    writer_->users().replace(user, std::move(it.state));
    writer_->users().set_cookies(user, std::move(it.cookies));
  }
  return {};
}

PreparedRun RunPreparation::prepared() const {
  PreparedRun prepared;
  prepared.catalogue = catalogue_;
  prepared.run_values = run_values_;
  for (std::size_t user = 0; user < users_.size(); ++user) {
    PreparedUser it;
    it.id = users_[user].id;
    it.token = users_[user].token;
    it.id_is_number = users_[user].id_is_number;
    it.state = writer_->users().of(user);
    it.cookies = writer_->users().jar(user).cookies();
    if (user < accounts_.size()) it.renew_in_ns = time_until(accounts_[user].renew_at_ns);
    if (user < log_in_again_ns_.size()) it.log_in_in_ns = time_until(log_in_again_ns_[user]);
    prepared.users.push_back(std::move(it));
  }
  return prepared;
}

// Access tokens are short-lived and a load test may be long.
void RunPreparation::renew_accounts() {
  for (std::size_t user = 0; user < accounts_.size(); ++user) {
    LoadAccount& account = accounts_[user];
    if (!account.renew_at_ns || steady_ns() < *account.renew_at_ns) continue;
    const auto renewed = renew_account(*reachable_url_, static_cast<std::uint32_t>(user + 1), http_options());
    if (renewed) writer_->renew(user, renewed->token);
    account.renew_at_ns = renewed ? renewed->renew_at_ns : steady_ns() + renew_retry_ns;
  }
}

void RunPreparation::renew() {
  renew_accounts();
  if (log_in_again_ns_.empty()) return;
  std::vector<std::size_t> due;
  for (std::size_t user = 0; user < log_in_again_ns_.size(); ++user) {
    const std::optional<std::int64_t>& at = log_in_again_ns_[user];
    const std::int64_t now = steady_ns();
    // A server that refuses a token that it has just issued is not asked for another one over and over.
    const bool may_be_asked = now - refused_log_in_ns_[user] >= renew_retry_ns || refused_log_in_ns_[user] == 0;
    const bool was_refused = writer_->users().take_refused(user) && may_be_asked;
    if (was_refused) refused_log_in_ns_[user] = now;
    if (was_refused || (at && now >= *at)) due.push_back(user);
  }
  if (due.empty()) return;
  [[maybe_unused]] const auto done = log_in(due, false);  // the ledger shows what follows from a failure
}

Result<void> RunPreparation::tear_down() {
  if (options_.profile.journey.tear_down.empty()) return {};
  return single_requests_->tear_down();
}

std::vector<HttpHeaders> RunPreparation::user_headers() const {
  std::vector<HttpHeaders> headers;
  if (!options_.profile.journey.log_in.any() || !writer_) return headers;
  for (std::size_t user = 0; user < users_.size(); ++user) headers.push_back(single_requests_->headers_of_user(user));
  return headers;
}

}  // namespace sagactl
