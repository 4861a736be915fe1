#include "cli/loadtest/loadtest_flags.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/client/connecting.hpp"
#include "cli/client/node_client.hpp"
#include "cli/configuration/private_file.hpp"
#include "cli/flag.hpp"
#include "cli/loadtest/faults/fault_flags.hpp"
#include "cli/loadtest/profile/kafka_messages.hpp"
#include "cli/loadtest/profile/other_spellings.hpp"
#include "cli/loadtest/profile_file.hpp"
#include "cli/loadtest/scenario_file.hpp"
#include "common/text/text.hpp"
#include "loadgen/profile/message_check.hpp"
#include "loadgen/profile/saga_profile.hpp"

namespace sagactl {
namespace {

// Reads one of `choices` with a parser that returns an optional.
template <class Value, class Parse>
Flag add_word(CLI::App& app, const std::string& name, Value& value, Parse parse,
              const std::vector<std::string>& choices, const std::string& help) {
  const auto parse_word = [parse, choices](const std::string& text) -> Result<Value> {
    const std::optional<Value> parsed = parse(text);
    return parsed ? Result<Value>(*parsed) : not_one_of(text, choices);
  };
  return add_parsed(app, name, value, parse_word, join(choices, "|"), help);
}

void add_target_flags(CLI::App& app, LoadtestFlags& flags) {
  set_heading(app, "What is tested");
  add_text(app, "--profile", flags.profile_file, "FILE.toml", "Test another server, described by FILE.toml");
  add_text(app, "--database-of", flags.table_databases, "TABLE=DATABASE",
           "Where a query of the profile is not read from --database: payments=mysql://USER@HOST/NAME")
      .repeatable(4);
  add_text(app, "--system", flags.system, join(builtin_profile_names(), "|"), "Built-in order system to test [order]");
  add_text(app, "--saga", flags.saga, "NAME", "Start sagas of a published definition of your own");
  add_text(app, "--input", flags.input_file, "FILE.json",
           "Input of --saga: JSON with fields such as {user}, {quantity} and {operation}");
  add_text(app, "--fail-input", flags.fail_input_file, "FILE.json",
           "Input of the sagas that are meant to fail (--fail-share)");
  add_text(app, "--scenario-file", flags.scenario_file, "FILE.toml",
           "Read flags from FILE.toml: orders = 1000, threshold = [...]");
}

void add_amount_flags(CLI::App& app, LoadtestFlags& flags) {
  set_heading(app, "How much is sent, and how fast");
  LoadOptions& load = flags.load;
  add_number(app, "--orders", load.orders, 1, load_limits::orders, "Number of requests [depends on the scenario]");
  add_duration(app, "--duration", load.duration, "Send for DURATION instead of a number of requests");
  add_rate(app, "--rate", load.rate, "Open loop: send at RATE, independent of response times");
  add_number(app, "--concurrency", load.concurrency, 1, load_limits::concurrency,
             "Closed loop: keep N requests in flight [16]");
  add_parsed(app, "--stages", load.stages, parse_stages, "STAGES",
             "Open loop with changing rates, such as 'ramp 0..500/s 30s, 500/s 2m'");
  add_duration(app, "--warmup", load.warmup, "Send the same load for DURATION before measuring [0s]");
  add_switch(app, "--capacity", flags.capacity,
             "Find the highest rate that meets the thresholds, starting at --rate [100/s]");
  add_word(app, "--arrival", load.arrival, parse_arrival, {"constant", "poisson", "ramp", "steps"},
           "Open loop: distribution of the requests over time [constant]");
  add_rate(app, "--rate-from", load.rate_from, "Initial rate of --arrival ramp or steps");
  add_number(app, "--rate-steps", load.rate_steps, 1, load_limits::rate_steps,
             "Number of steps of --arrival steps [5]");
}

void add_content_flags(CLI::App& app, LoadOptions& load) {
  set_heading(app, "What the orders are");
  add_ratio(app, "--fail-share", load.fail_share, "Fraction of orders that are meant to fail [0]");
  add_number(app, "--duplicates", load.duplicates, 2, load_limits::duplicates,
             "Concurrent orders of the same product [5]");
  add_number(app, "--users", load.users, 1, load_limits::users,
             "Number of user accounts to use, created if missing [4]");
  add_number(app, "--products", load.products, 1, load_limits::products,
             "Number of distinct products, used in turn, for duplicate and mixed");
  add_number(app, "--items", load.items, 1, load_limits::items, "Items per order [1]");
  add_ratio(app, "--hot", load.hot_share, "Fraction of orders that use one shared (hot) product [0]");
  add_number(app, "--seed", load.seed, 0, std::numeric_limits<std::int64_t>::max(), "Seed of all random choices [1]");
  add_text(app, "--run", load.run, "ID",
           "Id of the run, part of every product id: up to 16 of a-z and 0-9 [generated]");
}

void add_sending_flags(CLI::App& app, LoadtestFlags& flags) {
  set_heading(app, "How requests are sent");
  LoadOptions& load = flags.load;
  add_number(app, "--connections", load.connections, 0, load_limits::connections,
             "Number of connections to all nodes together [depends on the load]");
  add_switch(app, "--fresh-connections", load.fresh_connections, "Open a new connection for each request");
  add_switch(app, "--http2", load.http2, "Speak HTTP/2: many requests over one connection");
  add_number(app, "--streams", load.streams, 1, load_limits::streams,
             "HTTP/2: requests of one connection at once [100]");
  add_switch(app, "--compressed", load.compressed, "Accept compressed answers: gzip, deflate, br and zstd");
  add_number(app, "--workers", load.workers, 0, load_limits::workers,
             "Number of worker threads [depends on the cores]");
  const auto parse = [](const std::string& text) {
    return text == "auto" ? std::optional(Pacing::automatic) : parse_pacing(text);
  };
  add_word(app, "--pacing", load.pacing, parse, {"auto", "spin", "sleep"},
           "How to wait for the next send: spin is more exact, sleep uses less CPU [auto]");
  add_agents_flags(app, flags.agents);
}

constexpr int tags_max = 20, metrics_targets_max = 10;
constexpr std::size_t tag_name_max = 64, tag_value_max = 256;

Result<void> add_tag(LoadTags& tags, const std::string& text) {
  const std::size_t equals = text.find('=');
  const auto wrong = [&](const std::string& why) {
    return Error{ErrorCode::invalid, "'" + text.substr(0, tag_value_max) + "' is no tag: " + why};
  };
  if (equals == std::string::npos || equals == 0) return wrong("write NAME=VALUE, such as commit=4f1c2ab");
  const std::string name = text.substr(0, equals), value = text.substr(equals + 1);
  const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
  if (!is_plain || name.size() > tag_name_max) return wrong("a name has up to 64 letters, digits and . _ -");
  if (value.size() > tag_value_max || !is_utf8(value)) return wrong("a value has up to 256 bytes of UTF-8");
  tags.emplace_back(name, value);
  return {};
}

void add_judging_flags(CLI::App& app, LoadtestFlags& flags) {
  set_heading(app, "When it passes");
  const auto threshold = [&flags](const std::string& text) -> Result<void> {
    auto parsed = parse_threshold(text);
    if (!parsed) return parsed.error();
    flags.thresholds.push_back(std::move(*parsed));
    return {};
  };
  add_flag_with(app, "--threshold", threshold, "LIMIT",
                "Limit such as p99<50ms, errors<1%, throughput>500/s or failed-sagas<1%; may be repeated")
      .repeatable(100);
  add_baseline_flags(app, flags.baseline);
  add_duration(app, "--drain", flags.drain,
               "Wait at most DURATION after the load for sagas, rows and unanswered requests [60s]");
  add_parsed(app, "--missing", flags.missing_max, parse_percent, "PERCENT",
             "Report UNKNOWN if more than PERCENT of the load was not sent or not answered [5%]");
}

void add_result_flags(CLI::App& app, LoadtestFlags& flags) {
  set_heading(app, "What is written of it");
  add_load_report_flags(app, flags.files);
  add_flag_with(
      app, "--tag", [&flags](const std::string& text) { return add_tag(flags.tags, text); }, "NAME=VALUE",
      "Label this run in all reports and metrics; may be repeated")
      .repeatable(tags_max);
  add_text(app, "--metrics-listen", flags.metrics_listen, "[HOST:]PORT",
           "Serve live metrics of the load to Prometheus; without HOST on this machine only");
  add_text(app, "--metrics-to", flags.metrics_targets, "URL",
           "Send live metrics once a second: influxdb+http://, otlp+http:// or statsd://; may be repeated")
      .repeatable(metrics_targets_max);
}

Result<SagaInputTemplate> read_input(const Invocation& invocation, const char* flag, const std::string& file) {
  auto text = read_file(invocation.environment.resolve(file));
  if (!text) return text.error();
  if (!*text) return Error{ErrorCode::invalid, std::string(flag) + ": there is no file " + file};
  for (const std::string& remark : other_spellings(**text))
    invocation.info(fmt::format("sagactl: {}: {}: {}", flag, file, remark));
  return SagaInputTemplate{std::string(flag) + ": " + file, std::move(**text)};
}

Error only_of_a_saga(const std::string& flag) {
  return Error{ErrorCode::invalid, flag + " is for sagas of your own: name the definition with --saga NAME"};
}

Result<Profile> profile_of_saga(const Invocation& invocation, const LoadtestFlags& flags) {
  if (!flags.profile_file.empty() || !flags.system.empty())
    return Error{ErrorCode::invalid, "--saga, --system and --profile each say what is tested: pass only one of them"};
  if (flags.input_file.empty())
    return Error{ErrorCode::invalid, "--saga needs --input FILE.json, the input that its sagas start with"};
  if (flags.load.items != 1) return Error{ErrorCode::invalid, "a saga has one input and no items: leave out --items"};
  if (flags.load.fail_share > 0 && flags.fail_input_file.empty())
    return Error{ErrorCode::invalid, "--fail-share needs --fail-input FILE.json, an input with which a saga fails"};
  if (flags.load.fail_share <= 0 && !flags.fail_input_file.empty())
    return Error{ErrorCode::invalid, "--fail-input needs --fail-share, such as --fail-share 0.1"};
  const auto input = read_input(invocation, "--input", flags.input_file);
  if (!input) return input.error();
  if (flags.fail_input_file.empty()) return saga_profile(flags.saga, *input, std::nullopt);
  const auto failing = read_input(invocation, "--fail-input", flags.fail_input_file);
  if (!failing) return failing.error();
  return saga_profile(flags.saga, *input, *failing);
}

Result<Profile> profile_of(const Invocation& invocation, const LoadtestFlags& flags) {
  if (!flags.saga.empty()) return profile_of_saga(invocation, flags);
  if (!flags.input_file.empty()) return only_of_a_saga("--input");
  if (!flags.fail_input_file.empty()) return only_of_a_saga("--fail-input");
  if (!flags.profile_file.empty() && !flags.system.empty())
    return Error{ErrorCode::invalid, "--system selects a built-in profile and --profile a file: pass only one of them"};
  if (!flags.profile_file.empty()) {
    std::vector<std::string> remarks;
    auto profile = read_profile(invocation.environment.resolve(flags.profile_file), flags.profile_file,
                                invocation.environment, &remarks);
    for (const std::string& remark : remarks) invocation.info("sagactl: " + remark);
    return profile;
  }
  const Profile* known = find_builtin_profile(flags.system.empty() ? "order" : flags.system);
  if (known) return *known;
  Error unknown = not_one_of(flags.system, builtin_profile_names());
  unknown.message = "--system: " + unknown.message + "; --profile FILE.toml describes another server";
  return unknown;
}

// The brokers, where the profile's journeys need some.
Result<void> complete_kafka(const Invocation& invocation, const LoadtestFlags& flags, LoadOptions& options) {
  if (!uses_kafka(options.profile.journey)) return {};
  auto kafka = kafka_of_flags(invocation.environment, flags.kafka);
  if (!kafka) return kafka.error();
  if (kafka->brokers.empty() && !flags.dry_run) return no_brokers();
  options.start_kafka = kafka_of_load_test(*kafka);
  options.kafka = {kafka->brokers, kafka->client_id};
  return {};
}

}  // namespace

void add_loadtest_flags(CLI::App& app, Commands& commands, LoadtestFlags& flags) {
  add_text(app, "scenario", flags.scenario, "duplicate|individual|mixed|all|FILE.toml",
           "Scenario to run, or a file with flags");
  add_target_flags(app, flags);
  add_amount_flags(app, flags);
  add_content_flags(app, flags.load);
  add_judging_flags(app, flags);
  add_result_flags(app, flags);
  add_sending_flags(app, flags);
  set_heading(app, "What goes wrong meanwhile");
  add_fault_flags(app, flags.load.faults);
  set_heading(app, "Kafka, for journeys with messages");
  add_kafka_flags(app, commands, flags.kafka);
  set_heading(app, "");
  add_switch(app, "--dry-run", flags.dry_run,
             "Show one request of each kind and check the profile's queries without sending anything");
  show_first(app, {"--profile", "--orders", "--duration", "--rate", "--concurrency", "--fail-share", "--threshold",
                   "--report", "--save"});
}

Result<LoadOptions> load_options(const Invocation& invocation, const LoadtestFlags& flags) {
  LoadOptions options = flags.load;
  const auto kind = parse_scenario(flags.scenario);
  if (flags.scenario.empty() || is_scenario_file(flags.scenario))
    return Error{ErrorCode::invalid,
                 "a scenario is required: duplicate, individual, mixed or all, such as `sagactl loadtest mixed`"};
  if (!kind)
    return Error{ErrorCode::invalid, "there is no scenario '" + flags.scenario +
                                         "': it is duplicate, individual, mixed or all, or a file whose name ends "
                                         "with .toml"};
  options.scenario = *kind;
  auto profile = profile_of(invocation, flags);
  if (!profile) return profile.error();
  options.profile = std::move(*profile);
  if (auto completed = complete_kafka(invocation, flags, options); !completed) return completed.error();
  options.token = invocation.settings.token;
  options.timeout = invocation.settings.timeout;
  options.scratch.directory = invocation.environment.scratch_directory();
  const auto urls = node_urls(invocation.settings);
  if (!urls) return urls.error();
  for (const Url& url : *urls) options.targets.push_back(url.text());
  auto connect = connect_options(invocation);
  if (!connect) return connect.error();
  options.connect = std::move(*connect);
  if (auto completed = complete_faults(invocation, options); !completed) return completed.error();
  if (flags.capacity && options.faults.any())
    return Error{ErrorCode::invalid,
                 "--capacity finds the rate of an undisturbed system: leave out --fault and --proxy-fault"};
  if (flags.saga.empty()) return options;
  auto token = token_for(invocation, urls->front());  // starting a saga is for merchants and admins
  if (!token) return token.error();
  options.token = std::move(*token);
  return options;
}

}  // namespace sagactl
