#include "loadgen/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <span>

#include "common/crypto.hpp"
#include "common/processors.hpp"
#include "loadgen/faults/fault_run.hpp"
#include "loadgen/ledger/load_figures.hpp"
#include "loadgen/profile/accounts.hpp"
#include "loadgen/profile/test_data.hpp"
#include "loadgen/requests/request_writer.hpp"
#include "loadgen/requests/single_requests.hpp"
#include "loadgen/sending/address.hpp"
#include "loadgen/sending/thread_tuning.hpp"
#include "loadgen/sending/worker_pool.hpp"

namespace sagactl {
namespace {

// In the form of ALPN (RFC 7301, section 3.1).
constexpr unsigned char offers_http1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr unsigned char offers_http2[] = {2, 'h', '2'};

constexpr std::int64_t lead_ns = 2'000'000;  // time for the threads to start before the first request is due

constexpr std::int64_t renew_retry_ns = 5'000'000'000;
constexpr std::int64_t progress_window_ns = 1'000'000'000;

std::string new_run_id() {
  constexpr char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string id;
  for (std::uint64_t rest = random_u64(); id.size() < 10; rest /= 36) id.push_back(digits[rest % 36]);
  return id;
}

const HttpProxy* proxy_of(const LoadOptions& options) {
  return options.connect.proxy ? &*options.connect.proxy : nullptr;
}

// One load test from its options to its result.
class LoadRun {
 public:
  LoadRun(const LoadOptions& options, std::stop_token stop, const ProgressCallback& progress)
      : options_(options), stop_(std::move(stop)), progress_(progress) {}

  Result<RunResult> execute();

 private:
  Result<void> make_route(const Url& url);
  Result<void> resolve_targets();
  HttpClientOptions http_options() const { return {.timeout = options_.timeout, .connect = options_.connect}; }
  Result<void> open_users();
  Result<void> prepare_test_data();
  Result<std::vector<Nanoseconds>> plan_times(const LoadPhase& phase) const;
  void make_writer();
  Result<void> set_up();
  Result<void> log_users_in();
  std::uint64_t journeys_max() const;
  void start_workers();
  Result<void> run_phase(std::size_t index);
  Result<std::vector<PhaseShare>> open_shares(const LoadPhase& phase, UnitSource& source, std::int64_t start_ns);
  std::vector<PhaseShare> closed_shares(const LoadPhase& phase, SharedUnits& units, std::int64_t start_ns) const;
  void report_progress(const LoadPhase& phase, std::int64_t start_ns);
  void renew_tokens();
  void count_planned(const LoadPhase& phase, std::span<const Nanoseconds> times, std::int64_t start_ns);
  void update_percentiles(const EntryCounts& counts, std::int64_t now);
  void fill_in_planned(std::vector<LoadSecond>& seconds) const;
  RunResult take_result();

  LoadOptions options_;
  std::stop_token stop_;
  const ProgressCallback& progress_;
  std::vector<LoadPhase> phases_;
  std::vector<Url> urls_;
  std::unique_ptr<TlsContext> tls_;  // null: no target is https
  std::deque<StreamRoute> routes_;   // by host
  std::vector<LoadAddress> addresses_;
  std::unique_ptr<FaultRun> faults_;       // null: none
  std::vector<std::string> target_names_;  // like `urls_`, with the address if a host has several
  std::optional<Url> reachable_url_;
  std::uint16_t reachable_target_ = 0;  // its first address
  std::vector<LoadAccount> accounts_;
  std::vector<LoadUser> users_;
  std::vector<CatalogueProduct> catalogue_;
  std::optional<RequestWriter> writer_;
  std::optional<SingleRequests> single_requests_;
  std::vector<std::optional<std::int64_t>> log_in_again_ns_;  // by user
  std::optional<JourneyPlan> plan_;
  std::optional<WorkerPool> workers_;
  WorkerPoolSize size_;
  RunResult result_;
  std::uint64_t next_operation_ = 0;
  std::uint32_t next_group_ = 0;
  std::uint32_t next_journey_ = 0;
  EntryCounts warmup_counts_;
  std::optional<std::int64_t> first_planned_ns_;   // of the measured phases of an open loop
  std::vector<std::uint64_t> planned_per_second_;  // from `first_planned_ns_` on
  std::vector<std::uint64_t> phase_planned_;       // of the current phase, by second
  std::uint64_t last_sent_ = 0;
  std::int64_t last_report_ns_ = 0;
  LiveHistogramCounts times_at_window_begin_{};  // counts at the beginning of the current window
  std::int64_t window_began_ns_ = 0;
  Duration shown_p50_{0}, shown_p99_{0};
};

// Adds the route to a host.
Result<void> LoadRun::make_route(const Url& url) {
  if (url.tls && !tls_) {
    auto made = make_tls_for(url, options_.connect);
    if (!made) return made.error();
    tls_ = std::move(*made);
    TlsSession::enable(tls_->native_handle());
    SSL_CTX_set_alpn_protos(tls_->native_handle(), options_.http2 ? offers_http2 : offers_http1,
                            options_.http2 ? sizeof offers_http2 : sizeof offers_http1);
    SSL_CTX_set_read_ahead(tls_->native_handle(), 1);  // a record by one call of the kernel
    result_.generator.tls.is_used = true;
    result_.generator.tls.insecure = options_.connect.insecure;
  }
  routes_.push_back(route_to(url, proxy_of(options_), url.tls ? tls_->native_handle() : nullptr));
  if (options_.http2) routes_.back().protocol = "h2";
  return {};
}

Result<void> LoadRun::resolve_targets() {
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
  return Error{ErrorCode::unavailable, fmt::format("cannot connect to {}", unreachable)};
}

Result<void> LoadRun::open_users() {
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

Result<void> LoadRun::prepare_test_data() {
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

void LoadRun::make_writer() {
  RequestWriterSetup requests;
  requests.profile = options_.profile;
  requests.plan = product_plan_of(options_, options_.run, catalogue_);
  requests.targets = urls_;
  requests.proxy = options_.connect.proxy;
  requests.users = users_;
  requests.close = options_.fresh_connections;
  requests.compressed = options_.compressed;
  writer_.emplace(requests);
  SingleRequestsSetup once;
  once.profile = &options_.profile;
  once.writer = &*writer_;
  once.server = *reachable_url_;
  once.target = reachable_target_;
  once.token = options_.token;
  once.http = http_options();
  single_requests_.emplace(once);
}

Result<void> LoadRun::set_up() {
  if (options_.profile.journey.set_up.empty()) return {};
  return single_requests_->set_up();
}

Result<void> LoadRun::log_users_in() {
  if (!options_.profile.journey.log_in.any()) return {};
  for (std::size_t user = 0; user < users_.size() && !stop_.stop_requested(); ++user) {
    const auto again = single_requests_->log_in(user);
    if (!again) return again.error();
    log_in_again_ns_.push_back(*again);
  }
  return {};
}

// A data file whose rows are used once ends the load.
std::uint64_t LoadRun::journeys_max() const {
  std::uint64_t most = UINT64_MAX;
  for (const DataTable& table : options_.profile.journey.data)
    if (table.order == RowOrder::once) most = std::min<std::uint64_t>(most, table.rows());
  return most;
}

void LoadRun::start_workers() {
  const std::uint32_t cores = available_processors();
  size_ = size_worker_pool(options_, phases_, cores);
  raise_file_limit(std::uint64_t{size_.connections} + 256);
  plan_.emplace(options_.profile, options_.seed);
  WorkerPoolSetup setup;
  setup.targets = addresses_;
  setup.writer = &*writer_;
  setup.plan = &*plan_;
  setup.size = size_;
  setup.users = static_cast<std::uint32_t>(users_.size());
  setup.cores = cores;
  workers_.emplace(options_, setup);
}

Result<std::vector<Nanoseconds>> LoadRun::plan_times(const LoadPhase& phase) const {
  if (!options_.stages.empty() && !phase.warmup)
    return plan_stages(options_.stages, options_.arrival == ArrivalKind::poisson, options_.seed);
  Arrival arrival;
  arrival.kind = phase.warmup ? ArrivalKind::constant : options_.arrival;
  arrival.rate = *options_.rate;
  arrival.rate_from = options_.rate_from;
  arrival.steps = options_.rate_steps;
  return phase.orders ? plan_count(arrival, *phase.orders, options_.seed)
                      : plan_duration(arrival, *phase.duration, options_.seed);
}

Result<std::vector<PhaseShare>> LoadRun::open_shares(const LoadPhase& phase, UnitSource& source,
                                                     std::int64_t start_ns) {
  auto times = plan_times(phase);
  if (!times) return times.error();
  std::vector<PhaseShare> shares(workers_->size());
  for (PhaseShare& share : shares) share.plan.reserve(times->size() / shares.size() + 1);
  // A group uses as many places of the plan as it has orders, and is sent at the first of them.
  std::size_t place = 0;
  std::size_t turn = 0;
  while (place < times->size()) {
    auto unit = source.next();
    if (!unit) break;
    const std::size_t left = times->size() - place;
    unit->count = static_cast<std::uint16_t>(std::min<std::size_t>(unit->count, left));
    shares[turn++ % shares.size()].plan.push_back({*unit, start_ns + (*times)[place].count()});
    place += unit->count;
  }
  count_planned(phase, std::span(*times).first(place), start_ns);
  return shares;
}

void LoadRun::count_planned(const LoadPhase& phase, std::span<const Nanoseconds> times, std::int64_t start_ns) {
  phase_planned_.clear();
  for (const Nanoseconds time : times) {
    const auto second_of_phase = static_cast<std::size_t>(time.count() / 1'000'000'000);
    if (second_of_phase < load_seconds_max) {
      if (second_of_phase >= phase_planned_.size()) phase_planned_.resize(second_of_phase + 1);
      ++phase_planned_[second_of_phase];
    }
    if (phase.warmup) continue;
    const std::int64_t at = start_ns + time.count();
    if (!first_planned_ns_) first_planned_ns_ = at;
    const auto second = static_cast<std::size_t>((at - *first_planned_ns_) / 1'000'000'000);
    if (second >= load_seconds_max) continue;
    if (second >= planned_per_second_.size()) planned_per_second_.resize(second + 1);
    ++planned_per_second_[second];
  }
}

// Skipped requests are in the plan, but not in the ledger. An interrupted run ends where its ledger ends.
void LoadRun::fill_in_planned(std::vector<LoadSecond>& seconds) const {
  if (!result_.interrupted && seconds.size() < planned_per_second_.size()) seconds.resize(planned_per_second_.size());
  for (std::size_t i = 0; i < std::min(seconds.size(), planned_per_second_.size()); ++i) {
    seconds[i].planned = planned_per_second_[i];
  }
}

std::vector<PhaseShare> LoadRun::closed_shares(const LoadPhase& phase, SharedUnits& units,
                                               std::int64_t start_ns) const {
  std::vector<PhaseShare> shares(workers_->size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto parts = static_cast<std::uint32_t>(shares.size());
    shares[i].units = &units;
    shares[i].slots = size_.slots / parts + (i < size_.slots % parts ? 1 : 0);
    shares[i].end_ns = phase.duration ? start_ns + phase.duration->count() * 1000 : INT64_MAX;
  }
  return shares;
}

Result<void> LoadRun::run_phase(std::size_t index) {
  const LoadPhase& phase = phases_[index];
  SharedUnits units{UnitSource(phase, options_.seed, next_operation_, next_group_, next_journey_)};
  units.source().limit_journeys(journeys_max());
  const std::int64_t start_ns = steady_ns() + lead_ns;
  std::vector<PhaseShare> shares;
  if (options_.rate) {
    auto planned = open_shares(phase, units.source(), start_ns);
    if (!planned) return planned.error();
    shares = std::move(*planned);
  } else {
    shares = closed_shares(phase, units, start_ns);
  }
  for (PhaseShare& share : shares) share.phase = static_cast<std::uint32_t>(index);
  last_report_ns_ = start_ns;
  if (faults_ && !phase.warmup) faults_->begin(start_ns);
  workers_->run(std::move(shares), stop_, [&] {
    renew_tokens();
    report_progress(phase, start_ns);
  });
  report_progress(phase, start_ns);  // all of it
  next_operation_ = units.source().next_operation();
  next_group_ = units.source().next_group();
  next_journey_ = units.source().next_journey();
  if (phase.warmup) {
    workers_->discard_health();
    warmup_counts_ = workers_->counts();
  }
  return {};
}

void LoadRun::report_progress(const LoadPhase& phase, std::int64_t start_ns) {
  if (!progress_) return;
  const std::int64_t now = steady_ns();
  const EntryCounts all = workers_->counts();
  update_percentiles(all, now);
  LoadProgress progress;
  progress.phase = phase.name;
  if (!phase.warmup) {
    progress.sent = all.sent - warmup_counts_.sent;
    progress.accepted = all.accepted - warmup_counts_.accepted;
    progress.duplicates = all.duplicates - warmup_counts_.duplicates;
    progress.errors = all.errors - warmup_counts_.errors;
  }
  progress.orders_planned = options_.orders.value_or(0);
  progress.rate = static_cast<double>(all.sent - last_sent_) * 1e9 /
                  static_cast<double>(std::max<std::int64_t>(1, now - last_report_ns_));
  progress.elapsed = Duration{std::max<std::int64_t>(0, now - start_ns) / 1000};
  progress.response_p50 = shown_p50_;
  progress.response_p99 = shown_p99_;
  progress.answered = all.by_target;
  progress.totals = all;
  if (options_.rate) {
    const auto second = static_cast<std::size_t>(progress.elapsed.count() / 1'000'000);
    progress.rate_planned = second < phase_planned_.size() ? static_cast<double>(phase_planned_[second]) : 0;
  }
  if (phase.duration) {
    progress.left = std::max(Duration{0}, *phase.duration - progress.elapsed);
  } else if (options_.orders && progress.rate > 0 && *options_.orders > progress.sent) {
    const double seconds = static_cast<double>(*options_.orders - progress.sent) / progress.rate;
    progress.left = Duration{static_cast<std::int64_t>(seconds * 1e6)};
  }
  last_sent_ = all.sent;
  last_report_ns_ = now;
  progress_(progress);
}

// Percentiles of about the last second: of the times since the beginning of the window.
void LoadRun::update_percentiles(const EntryCounts& counts, std::int64_t now) {
  if (now - window_began_ns_ < progress_window_ns) return;
  LiveHistogramCounts recent = counts.response;
  for (std::size_t i = 0; i < recent.size(); ++i) recent[i] -= times_at_window_begin_[i];
  shown_p50_ = live_percentile(recent, 50);
  shown_p99_ = live_percentile(recent, 99);
  times_at_window_begin_ = counts.response;
  window_began_ns_ = now;
}

// Access tokens are short-lived and a load test may be long. A failed renewal is retried later; if the token expires
// before, the ledger shows the refusals.
void LoadRun::renew_tokens() {
  for (std::size_t user = 0; user < accounts_.size(); ++user) {
    LoadAccount& account = accounts_[user];
    if (!account.renew_at_ns || steady_ns() < *account.renew_at_ns) continue;
    const auto renewed = renew_account(*reachable_url_, static_cast<std::uint32_t>(user + 1), http_options());
    if (renewed) writer_->renew(user, renewed->token);
    account.renew_at_ns = renewed ? renewed->renew_at_ns : steady_ns() + renew_retry_ns;
  }
  for (std::size_t user = 0; user < log_in_again_ns_.size(); ++user) {
    std::optional<std::int64_t>& at = log_in_again_ns_[user];
    if (!at || steady_ns() < *at) continue;
    const auto again = single_requests_->log_in(user);
    at = again ? *again : steady_ns() + renew_retry_ns;
  }
}

RunResult LoadRun::take_result() {
  Ledger& ledger = result_.ledger;
  static_cast<ProductPlan&>(ledger) = product_plan_of(options_, options_.run, catalogue_);
  ledger.scenario = to_string(options_.scenario);
  ledger.system = options_.profile.name;
  ledger.method = options_.profile.method;
  ledger.path = options_.profile.path;
  ledger.keyed = options_.profile.duplicates_by == Profile::DuplicatesBy::key;
  ledger.open_loop = options_.rate.has_value();
  ledger.targets = target_names_;
  // Only accounts: other users of orders are not users in the database.
  const bool accounts = options_.profile.accounts == Profile::Accounts::registered;
  for (const LoadUser& user : users_) ledger.user_ids.push_back(accounts ? user.id : std::string());
  for (const LoadPhase& phase : phases_) ledger.phases.push_back({phase.name, phase.warmup});
  ledger.ended_at = wall_clock_now();
  if (faults_) ledger.faults = faults_->end();
  result_.interrupted = stop_.stop_requested();
  if (!workers_) return std::move(result_);
  for (std::size_t step = 0; step < plan_->size(); ++step) {
    if (step == 0) ledger.steps.clear();
    ledger.steps.push_back({plan_->step(step).name, plan_->step(step).creates});
  }
  ledger.entries = workers_->take_entries();
  ledger.step_entries = workers_->take_step_entries();
  result_.journeys = journey_figures_of(ledger);
  if (options_.profile.journey.log_in.any())
    for (std::size_t user = 0; user < users_.size(); ++user)
      result_.user_headers.push_back(single_requests_->headers_of_user(user));
  result_.unexpected_answers = unexpected_answers(*plan_, ledger);

  LoadFigures figures = figures_of(ledger);
  result_.requests = figures.requests;
  result_.response = std::move(figures.response);
  result_.service = std::move(figures.service);
  result_.measured = figures.measured;
  result_.rated = figures.rated;
  result_.answers = count_answers(ledger, &plan_->step(plan_->creating_step()).first_answers);
  result_.seconds = std::move(figures.seconds);
  fill_in_planned(result_.seconds);
  result_.overlaps = overlaps(ledger);
  GeneratorHealth& health = result_.generator;
  health.lateness = std::move(figures.lateness);
  health.connections_max = workers_->connections_max();
  if (options_.http2) health.streams = options_.streams;
  health.connections_peak = workers_->peak_connections();
  health.workers = size_.workers;
  health.pacing = workers_->pacing();
  workers_->add_health_to(health);
  return std::move(result_);
}

Result<RunResult> LoadRun::execute() {
  if (auto checked = check(options_); !checked) return checked.error();
  if (options_.run.empty()) options_.run = new_run_id();
  phases_ = plan_phases(options_);
  if (!options_.stages.empty()) options_.rate = stages_rate_max(options_.stages);
  if (auto found = resolve_targets(); !found) return found.error();
  if (auto opened = open_users(); !opened) return opened.error();
  auto faults = FaultRun::prepare(options_, urls_, addresses_);
  if (!faults) return faults.error();
  faults_ = std::move(*faults);
  if (auto prepared = prepare_test_data(); !prepared) return prepared.error();
  make_writer();
  if (auto done = set_up(); !done) return done.error();
  if (auto done = log_users_in(); !done) return done.error();
  result_.ledger.started_at = wall_clock_now();
  if (stop_.stop_requested()) return take_result();
  start_workers();
  for (std::size_t index = 0; index < phases_.size() && !stop_.stop_requested(); ++index) {
    if (auto ran = run_phase(index); !ran) return ran.error();
  }
  if (faults_) faults_->end();
  if (!options_.profile.journey.tear_down.empty())
    if (auto done = single_requests_->tear_down(); !done) result_.tear_down_error = done.error().message;
  return take_result();
}

}  // namespace

Result<RunResult> run_load(const LoadOptions& options, std::stop_token interrupt, const ProgressCallback& progress) {
  return LoadRun(options, std::move(interrupt), progress).execute();
}

}  // namespace sagactl
