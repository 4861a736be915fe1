#include "loadgen/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/text/text.hpp"
#include "httpclient/url.hpp"
#include "loadgen/faults/fault_run.hpp"

namespace sagactl {
namespace {

constexpr std::size_t targets_max = 64;
constexpr double rate_max = 1'000'000;

// All that is wrong, a line each.
class Mistakes {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    lines_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }
  void add(const Result<void>& checked) {
    if (!checked) lines_.push_back(checked.error().message);
  }
  void unless_in_range(std::string_view flag, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
    if (value < low || value > high) add("{} {} is out of range: {} to {}", flag, value, low, high);
  }
  bool none() const { return lines_.empty(); }
  Result<void> result() const {
    if (none()) return {};
    return Error{ErrorCode::invalid, join(lines_, "\n")};
  }

 private:
  std::vector<std::string> lines_;
};

void check_target(const LoadOptions& options, const std::string& target, Mistakes& mistakes) {
  const auto url = parse_node_url(target);
  if (!url) return mistakes.add(Result<void>(url.error()));
  if (!url->socket.empty() && options.connect.proxy)
    mistakes.add("--url {} is a Unix socket, and no proxy leads there: leave out --proxy", url->text());
  if (options.http2 && options.connect.proxy && !url->tls)
    mistakes.add("--url {}: a proxy forwards plain requests by HTTP/1.1 alone: leave out --http2, or write https://",
                 url->text());
}

void check_where(const LoadOptions& options, Mistakes& mistakes) {
  if (options.targets.empty()) mistakes.add("no target: give --url");
  if (options.targets.size() > targets_max) mistakes.add("more than {} targets in --url", targets_max);
  for (const std::string& target : options.targets) check_target(options, target, mistakes);
  if (options.http2 && options.fresh_connections)
    mistakes.add("--http2 sends many requests over one connection: leave out --fresh-connections");
  const auto is_wrong = [](char c) { return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')); };
  if (options.run.size() > 16 || std::any_of(options.run.begin(), options.run.end(), is_wrong))
    mistakes.add("--run: '{}' is not the id of a run: up to 16 of the letters a-z and the digits, such as run7",
                 options.run);
  const auto unsendable = [](char c) { return c <= ' ' || c > '~'; };
  if (std::any_of(options.token.begin(), options.token.end(), unsendable))
    mistakes.add("the token has a character that is not allowed in a header");
}

void check_stages(const LoadOptions& options, Mistakes& mistakes) {
  if (options.stages.empty()) return;
  if (options.rate || options.duration || options.orders || options.concurrency)
    mistakes.add("--stages sets rate and duration: leave out --rate, --duration, --orders and --concurrency");
  if (options.arrival != ArrivalKind::constant && options.arrival != ArrivalKind::poisson)
    mistakes.add("--stages sets how the rate changes: leave out --arrival {}", to_string(options.arrival));
  if (options.scenario == ScenarioKind::all)
    mistakes.add("--stages needs one of duplicate, individual and mixed, not all three");
  if (stages_rate_max(options.stages) > rate_max) mistakes.add("--stages: at most {}/s", rate_max);
  if (const double orders = stages_orders(options.stages); orders > static_cast<double>(schedule_max))
    mistakes.add("--stages: {:.0f} requests are more than the maximum of a run ({})", orders, schedule_max);
}

void check_rate(const LoadOptions& options, Mistakes& mistakes) {
  if (!options.rate) return;
  if (options.concurrency) mistakes.add("--rate is an open loop and --concurrency a closed one: give one of them");
  if (!(*options.rate > 0 && *options.rate <= rate_max))
    return mistakes.add("--rate must be above 0 and at most {}/s", rate_max);
  if (!options.duration) return;
  const double requests = *options.rate * static_cast<double>(options.duration->count()) / 1e6;
  if (requests > static_cast<double>(schedule_max))
    mistakes.add("{:.0f} requests are more than the maximum of a run ({}): lower --rate or --duration", requests,
                 schedule_max);
}

void check_how_much(const LoadOptions& options, Mistakes& mistakes) {
  if (options.orders && options.duration) mistakes.add("give --orders or --duration, not both");
  if (options.orders) mistakes.unless_in_range("--orders", *options.orders, 1, load_limits::orders);
  if (options.duration && *options.duration <= Duration{0}) mistakes.add("--duration must be above 0");
  check_rate(options, mistakes);
  if (!options.rate && options.stages.empty() && options.arrival != ArrivalKind::constant)
    mistakes.add("--arrival {} plans an open loop and needs --rate", to_string(options.arrival));
  mistakes.unless_in_range("--rate-steps", options.rate_steps, 1, load_limits::rate_steps);
  if (options.concurrency) mistakes.unless_in_range("--concurrency", *options.concurrency, 1, load_limits::concurrency);
}

void check_what(const LoadOptions& options, Mistakes& mistakes) {
  if (!(options.fail_share >= 0 && options.fail_share <= 1))
    mistakes.add("--fail-share {} is out of range: 0 to 1", options.fail_share);
  if (!(options.hot_share >= 0 && options.hot_share <= 1))
    mistakes.add("--hot {} is out of range: 0 to 1", options.hot_share);
  const bool sized = options.orders || options.duration || options.rate || !options.stages.empty();
  if (options.hot_share > 0 && !sized) mistakes.add("--hot needs --orders, --duration, --rate or --stages");
  mistakes.unless_in_range("--items", options.items, 1, load_limits::items);
  if (const std::string why = options.items > 1 ? why_one_item(options.profile) : ""; !why.empty())
    mistakes.add("an order of {} has one item, as {}: leave out --items", options.profile.name, why);
  mistakes.unless_in_range("--users", options.users, 1, load_limits::users);
  if (options.products) mistakes.unless_in_range("--products", *options.products, 1, load_limits::products);
  if (options.duplicates) mistakes.unless_in_range("--duplicates", *options.duplicates, 2, load_limits::duplicates);
  if (options.scenario != ScenarioKind::individual) return;
  if (options.duplicates) mistakes.add("individual orders have no duplicates: leave out --duplicates");
  if (options.products && (options.orders || options.duration || options.rate))
    mistakes.add("each individual order has its own product: leave out --products");
}

void check_machine(const LoadOptions& options, Mistakes& mistakes) {
  if (options.warmup < Duration{0}) mistakes.add("--warmup must not be below 0");
  if (options.timeout < 1ms || options.timeout > 1h) mistakes.add("--timeout is out of range: 1ms to 1h");
  mistakes.unless_in_range("--streams", options.streams, 1, load_limits::streams);
  mistakes.unless_in_range("--workers", options.workers, 0, load_limits::workers);
  mistakes.unless_in_range("--connections", options.connections, 0, load_limits::connections);
  mistakes.unless_in_range("--backlog", options.backlog_max, 1, schedule_max);
}

}  // namespace

std::string_view to_string(ScenarioKind kind) {
  switch (kind) {
    case ScenarioKind::duplicate:
      return "duplicate";
    case ScenarioKind::individual:
      return "individual";
    case ScenarioKind::mixed:
      return "mixed";
    case ScenarioKind::all:
      return "all";
  }
  crash("unknown scenario");
}

std::optional<ScenarioKind> parse_scenario(std::string_view text) {
  for (const auto kind : {ScenarioKind::duplicate, ScenarioKind::individual, ScenarioKind::mixed, ScenarioKind::all}) {
    if (to_string(kind) == text) return kind;
  }
  return std::nullopt;
}

std::string_view to_string(Pacing pacing) {
  switch (pacing) {
    case Pacing::automatic:
      return "automatic";
    case Pacing::spin:
      return "spin";
    case Pacing::sleep:
      return "sleep";
  }
  crash("unknown pacing");
}

std::optional<Pacing> parse_pacing(std::string_view text) {
  for (const auto pacing : {Pacing::automatic, Pacing::spin, Pacing::sleep}) {
    if (to_string(pacing) == text) return pacing;
  }
  return std::nullopt;
}

ProductPlan product_plan_of(const LoadOptions& options, const std::string& run,
                            std::vector<CatalogueProduct> catalogue) {
  ProductPlan orders;
  orders.run = run;
  orders.seed = options.seed;
  orders.items = options.items;
  orders.catalogue = std::move(catalogue);
  orders.failure_variants = options.profile.failure_variants;
  if (options.profile.duplicates_by == Profile::DuplicatesBy::key) orders.hot_share = options.hot_share;
  for (CatalogueProduct& product : orders.catalogue) replace_all(product.id, "{run}", run);
  for (FailureVariant& way : orders.failure_variants) replace_all(way.product, "{run}", run);
  return orders;
}

std::string synthetic_user(std::uint32_t number) {
  return fmt::format("sagactl-loadtest-{}", number);
}

Result<void> check(const LoadOptions& options) {
  Mistakes mistakes;
  for (const auto part : {check_where, check_stages, check_how_much, check_what, check_machine})
    part(options, mistakes);
  if (mistakes.none()) mistakes.add(check_faults(options));  // by the length of the load
  mistakes.add(check(options.profile));
  return mistakes.result();
}

}  // namespace sagactl
