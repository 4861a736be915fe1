#include "cli/loadtest/loadtest_flags.hpp"

#include "cli/flag.hpp"
#include "cli/client/node_client.hpp"
#include "cli/loadtest/profile_file.hpp"
#include "cli/loadtest/scenario_file.hpp"

namespace sagactl {
namespace {

void add_whom_to_load(CLI::App& app, LoadtestFlags& flags) {
  add_text(app, "--system", flags.system, "order|checkout|checkout-choreography|purchase",
           "Which system's orders [order]");
  add_text(app, "--profile", flags.profile_file, "FILE.toml", "Or any other server's, as the file describes it");
  add_switch(app, "--dry-run", flags.dry_run,
             "Show a request of each kind and check the profile's queries; send nothing");
}

void add_what_to_send(CLI::App& app, LoadOptions& load) {
  add_number(app, "--orders", load.orders, 1, 100'000'000, "How many requests [the scenario's own number]");
  add_duration(app, "--duration", load.duration, "For how long instead");
  add_rate(app, "--rate", load.rate, "Open loop: so many requests per time, whatever the answers");
  add_number(app, "--concurrency", load.concurrency, 1, 100'000,
             "Closed loop: so many requests in flight [16]");
  const auto stages = [&load](const std::string& text) -> Result<void> {
    auto parsed = parse_stages(text);
    if (!parsed) return parsed.error();
    load.stages = std::move(*parsed);
    return {};
  };
  add_flag_with(app, "--stages", stages, "STAGES", "Open loop: such as 'ramp 0..500/s 30s, 500/s 2m'");
  add_number(app, "--products", load.products, 1, 1'000'000'000,
             "duplicate, mixed: distinct products, used in turn");
  add_number(app, "--duplicates", load.duplicates, 2, 1000, "Concurrent orders of one product [5]");
  add_share(app, "--hot", load.hot_share, "Share of orders that are of one and the same product [0]");
  add_share(app, "--fail-share", load.fail_share, "Share of orders that are to fail [0]");
  add_number(app, "--items", load.items, 1, 100, "Items per order [1]");
  add_number(app, "--users", load.users, 1, 60'000, "Accounts, made when they are not there [4]");
  add_number(app, "--seed", load.seed, 0, std::numeric_limits<std::int64_t>::max(),
             "Decides all that is random [1]");
  add_text(app, "--run", load.run, "ID", "Name of the run, in every product id: up to 16 of a-z and 0-9 [a fresh one]");
}

void add_how_to_send(CLI::App& app, LoadOptions& load) {
  add_duration(app, "--warmup", load.warmup, "The same load for so long first, not measured [0s]");
  const auto arrival = [&load](const std::string& text) -> Result<void> {
    const auto kind = parse_arrival(text);
    if (!kind) return Error{ErrorCode::invalid, "'" + text + "' is none of constant, poisson, ramp, steps"};
    load.arrival = *kind;
    return {};
  };
  add_flag_with(app, "--arrival", arrival, "constant|poisson|ramp|steps",
                "How an open loop's requests come [constant]");
  const auto from = [&load](const std::string& text) -> Result<void> {
    const auto rate = parse_rate(text);
    if (!rate) return rate.error();
    load.rate_from = *rate;
    return {};
  };
  add_flag_with(app, "--rate-from", from, "RATE", "Where a ramp or steps begin");
  add_number(app, "--rate-steps", load.rate_steps, 1, 1000, "How many steps [5]");
  const auto pacing = [&load](const std::string& text) -> Result<void> {
    const auto kind = text == "auto" ? std::optional(Pacing::automatic) : parse_pacing(text);
    if (!kind) return Error{ErrorCode::invalid, "'" + text + "' is none of auto, spin, sleep"};
    load.pacing = *kind;
    return {};
  };
  add_flag_with(app, "--pacing", pacing, "auto|spin|sleep", "How the next send is waited for [auto]");
  add_number(app, "--workers", load.workers, 0, 1024, "Threads [by the machine]");
  add_number(app, "--connections", load.connections, 0, 60'000, "Connections over all nodes [by the load]");
  add_switch(app, "--fresh-connections", load.fresh_connections, "A connection of its own for each request");
}

void add_what_is_wanted(CLI::App& app, LoadtestFlags& flags) {
  add_duration(app, "--drain", flags.drain,
               "Wait so long for all that is late: sagas, rows, requests without an answer [60s]");
  const auto missing = [&flags](const std::string& text) -> Result<void> {
    const auto share = parse_percent(text);
    if (!share) return share.error();
    flags.missing_max = *share;
    return {};
  };
  add_flag_with(app, "--missing", missing, "SHARE",
                "How much of the load may be unsent, and how much unanswered, before nothing is shown [5%]");
  const auto threshold = [&flags](const std::string& text) -> Result<void> {
    auto parsed = parse_threshold(text);
    if (!parsed) return parsed.error();
    flags.thresholds.push_back(std::move(*parsed));
    return {};
  };
  add_flag_with(app, "--threshold", threshold, "LIMIT",
                "Such as p99<50ms, errors<1%, throughput>500/s, failed-sagas<1%; may be repeated")
      .repeatable(100);
  add_switch(app, "--capacity", flags.capacity,
             "Search the highest rate that meets the thresholds, from --rate on [100/s]");
  add_baseline_flags(app, flags.baseline);
  add_load_report_flags(app, flags.files);
}

Result<Profile> profile_of(const Invocation& invocation, const LoadtestFlags& flags) {
  if (!flags.profile_file.empty() && !flags.system.empty())
    return Error{ErrorCode::invalid,
                 "--system names a built-in profile and --profile a file: give one of them"};
  if (!flags.profile_file.empty())
    return read_profile(invocation.environment.resolve(flags.profile_file), flags.profile_file);
  const Profile* known = find_builtin_profile(flags.system.empty() ? "order" : flags.system);
  if (known) return *known;
  return Error{ErrorCode::invalid, "--system '" + flags.system + "' is none of " +
                                       join(builtin_profile_names(), ", ") +
                                       "; --profile FILE describes another"};
}

}  // namespace

void add_loadtest_flags(CLI::App& app, LoadtestFlags& flags) {
  add_text(app, "scenario", flags.scenario, "duplicate|individual|mixed|all|FILE.toml",
           "What is sent, or a file of flags");
  add_text(app, "--scenario-file", flags.scenario_file, "FILE.toml",
           "Flags from a file: orders = 1000, threshold = [...]");
  add_whom_to_load(app, flags);
  add_what_to_send(app, flags.load);
  add_how_to_send(app, flags.load);
  add_what_is_wanted(app, flags);
}

Result<LoadOptions> load_options(const Invocation& invocation, const LoadtestFlags& flags) {
  LoadOptions options = flags.load;
  const auto kind = parse_scenario(flags.scenario);
  if (flags.scenario.empty() || is_scenario_file(flags.scenario))
    return Error{ErrorCode::invalid, "which scenario: duplicate, individual, mixed or all?"};
  if (!kind)
    return Error{ErrorCode::invalid,
                 "'" + flags.scenario + "' is none of duplicate, individual, mixed, all, nor a file *.toml"};
  options.scenario = *kind;
  auto profile = profile_of(invocation, flags);
  if (!profile) return profile.error();
  options.profile = std::move(*profile);
  options.token = invocation.settings.token;
  options.timeout = invocation.settings.timeout;
  options.scratch.directory = invocation.environment.scratch_directory();
  const auto urls = node_urls(invocation.settings);
  if (!urls) return urls.error();
  for (const Url& url : *urls) options.targets.push_back(url.text());
  return options;
}

}  // namespace sagactl
