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

template <class... Args>
Error wrong(fmt::format_string<Args...> format, Args&&... args) {
  return {ErrorCode::invalid, fmt::format(format, std::forward<Args>(args)...)};
}

Result<void> in_range(std::string_view flag, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
  if (value >= low && value <= high) return {};
  return wrong("{} {} is out of range: {} to {}", flag, value, low, high);
}

Result<void> check_where(const LoadOptions& options) {
  if (options.targets.empty()) return wrong("no target: give --url");
  if (options.targets.size() > targets_max) return wrong("more than {} targets in --url", targets_max);
  for (const std::string& target : options.targets) {
    const auto url = parse_node_url(target);
    if (!url) return url.error();
    if (!url->socket.empty() && options.connect.proxy)
      return wrong("--url {} is a Unix socket, and no proxy leads there: leave out --proxy", url->text());
    if (options.http2 && options.connect.proxy && !url->tls)
      return wrong("--url {}: a proxy forwards plain requests by HTTP/1.1 alone: leave out --http2, or write https://",
                   url->text());
  }
  if (options.http2 && options.fresh_connections)
    return wrong("--http2 sends many requests over one connection: leave out --fresh-connections");
  const auto is_wrong = [](char c) { return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')); };
  if (options.run.size() > 16 || std::any_of(options.run.begin(), options.run.end(), is_wrong)) {
    return wrong("--run: '{}' is not the id of a run: up to 16 of the letters a-z and the digits, such as run7",
                 options.run);
  }
  const auto unsendable = [](char c) { return c <= ' ' || c > '~'; };
  if (std::any_of(options.token.begin(), options.token.end(), unsendable)) {
    return wrong("the token has a character that is not allowed in a header");
  }
  return {};
}

Result<void> check_stages(const LoadOptions& options) {
  if (options.stages.empty()) return {};
  if (options.rate || options.duration || options.orders || options.concurrency)
    return wrong("--stages sets rate and duration: leave out --rate, --duration, --orders and --concurrency");
  if (options.arrival != ArrivalKind::constant && options.arrival != ArrivalKind::poisson)
    return wrong("--stages sets how the rate changes: leave out --arrival {}", to_string(options.arrival));
  if (options.scenario == ScenarioKind::all)
    return wrong("--stages needs one of duplicate, individual and mixed, not all three");
  if (stages_rate_max(options.stages) > rate_max) return wrong("--stages: at most {}/s", rate_max);
  if (const double orders = stages_orders(options.stages); orders > static_cast<double>(schedule_max))
    return wrong("--stages: {:.0f} requests are more than the maximum of a run ({})", orders, schedule_max);
  return {};
}

Result<void> check_how_much(const LoadOptions& options) {
  if (options.orders && options.duration) return wrong("give --orders or --duration, not both");
  if (options.rate && options.concurrency) {
    return wrong("--rate is an open loop and --concurrency a closed one: give one of them");
  }
  if (options.orders) {
    if (auto checked = in_range("--orders", *options.orders, 1, load_limits::orders); !checked) return checked;
  }
  if (options.duration && *options.duration <= Duration{0}) return wrong("--duration must be above 0");
  if (options.rate && !(*options.rate > 0 && *options.rate <= rate_max)) {
    return wrong("--rate must be above 0 and at most {}/s", rate_max);
  }
  if (!options.rate && options.stages.empty() && options.arrival != ArrivalKind::constant) {
    return wrong("--arrival {} plans an open loop and needs --rate", to_string(options.arrival));
  }
  if (options.rate && options.duration) {
    const double requests = *options.rate * static_cast<double>(options.duration->count()) / 1e6;
    if (requests > static_cast<double>(schedule_max)) {
      return wrong("{:.0f} requests are more than the maximum of a run ({}): lower --rate or --duration", requests,
                   schedule_max);
    }
  }
  if (auto checked = in_range("--rate-steps", options.rate_steps, 1, load_limits::rate_steps); !checked) return checked;
  if (options.concurrency) {
    if (auto checked = in_range("--concurrency", *options.concurrency, 1, load_limits::concurrency); !checked)
      return checked;
  }
  return {};
}

Result<void> check_what(const LoadOptions& options) {
  if (!(options.fail_share >= 0 && options.fail_share <= 1)) {
    return wrong("--fail-share {} is out of range: 0 to 1", options.fail_share);
  }
  if (!(options.hot_share >= 0 && options.hot_share <= 1)) {
    return wrong("--hot {} is out of range: 0 to 1", options.hot_share);
  }
  const bool sized = options.orders || options.duration || options.rate || !options.stages.empty();
  if (options.hot_share > 0 && !sized) return wrong("--hot needs --orders, --duration, --rate or --stages");
  if (auto checked = in_range("--items", options.items, 1, load_limits::items); !checked) return checked;
  if (options.items > 1 && options.profile.body == "{items}")
    return wrong("an order of {} has one item: leave out --items", options.profile.name);
  if (auto checked = in_range("--users", options.users, 1, load_limits::users); !checked) return checked;
  if (options.products) {
    if (auto checked = in_range("--products", *options.products, 1, load_limits::products); !checked) return checked;
  }
  if (options.duplicates) {
    if (auto checked = in_range("--duplicates", *options.duplicates, 2, load_limits::duplicates); !checked)
      return checked;
  }
  if (options.scenario != ScenarioKind::individual) return {};
  if (options.duplicates) return wrong("individual orders have no duplicates: leave out --duplicates");
  if (options.products && (options.orders || options.duration || options.rate)) {
    return wrong("each individual order has its own product: leave out --products");
  }
  return {};
}

Result<void> check_machine(const LoadOptions& options) {
  if (options.warmup < Duration{0}) return wrong("--warmup must not be below 0");
  if (options.timeout < 1ms || options.timeout > 1h) return wrong("--timeout is out of range: 1ms to 1h");
  if (auto checked = in_range("--streams", options.streams, 1, load_limits::streams); !checked) return checked;
  if (auto checked = in_range("--workers", options.workers, 0, load_limits::workers); !checked) return checked;
  if (auto checked = in_range("--connections", options.connections, 0, load_limits::connections); !checked)
    return checked;
  return in_range("--backlog", options.backlog_max, 1, schedule_max);
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
  for (const auto part : {check_where, check_stages, check_how_much, check_what, check_machine, check_faults}) {
    if (auto checked = part(options); !checked) return checked;
  }
  return check(options.profile);
}

}  // namespace sagactl
