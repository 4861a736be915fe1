#include "cli/loadtest/agents/agents_flags.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "analysis/report/text_table.hpp"
#include "analysis/result/machine.hpp"
#include "cli/client/connecting.hpp"
#include "cli/configuration/private_file.hpp"
#include "cli/flag.hpp"
#include "cli/version.hpp"
#include "common/text/host_port.hpp"

namespace sagactl {
namespace {

constexpr std::size_t token_size_min = 16;

// "build-1:7410", "build-1" and "https://build-1:7443".
Result<Url> agent_url(const std::string& text) {
  auto url = parse_node_url(text);
  if (!url) return Error{url.error().code, "--agents: " + url.error().message};
  if (!url->socket.empty() || !url->prefix.empty())
    return Error{
        ErrorCode::invalid,
        fmt::format("--agents: '{}' is not the address of an agent: write host:port or https://host:port", text)};
  const std::size_t scheme = text.find("://");
  const auto server = parse_host_port(scheme == std::string::npos ? text : text.substr(scheme + 3));
  if (server && !server->port && !url->tls) url->port = agent_port;
  return url;
}

Result<std::string> agents_token(const Invocation& invocation, const AgentsFlags& flags) {
  if (flags.token_file.empty())
    return Error{ErrorCode::invalid,
                 "--agents needs --agents-token-file, with the token that the agents were started with"};
  auto token = read_secret_file(invocation.environment.resolve(flags.token_file), "--agents-token-file");
  if (!token) return token.error();
  if (auto checked = check_agents_token(*token, "--agents-token-file"); !checked) return checked.error();
  return token;
}

}  // namespace

void add_agents_flags(CLI::App& app, AgentsFlags& flags) {
  add_text(app, "--agents", flags.addresses, "HOST[:PORT][,...]",
           "Machines that send the load together, each running `sagactl loadtest agent` [this machine]")
      .separated_by(',');
  add_text(app, "--agents-token-file", flags.token_file, "FILE", "Read the token of the agents from FILE");
  add_switch(app, "--agents-without-tls", flags.without_tls, "Connect to agents on other machines without encryption");
}

Result<void> check_agents_token(const std::string& token, const std::string& flag) {
  if (token.size() >= token_size_min) return {};
  return Error{
      ErrorCode::invalid,
      fmt::format("{}: a token of at least {} characters is required, which the agents and the leader of the load "
                  "test share; make one with: openssl rand -hex 16",
                  flag, token_size_min)};
}

Result<AgentsSetup> agents_setup(const Invocation& invocation, const AgentsFlags& flags) {
  AgentsSetup setup;
  if (flags.addresses.size() > agents_max)
    return Error{ErrorCode::invalid, fmt::format("--agents: at most {} agents", agents_max)};
  for (const std::string& text : flags.addresses) {
    auto url = agent_url(text);
    if (!url) return url.error();
    if (std::find(setup.urls.begin(), setup.urls.end(), *url) != setup.urls.end())
      return Error{ErrorCode::invalid, fmt::format("--agents: {} is listed twice", url->authority())};
    if (!url->tls && !url->is_loopback() && !flags.without_tls)
      return Error{ErrorCode::invalid,
                   fmt::format("--agents: the connection to {} is not encrypted, and would carry tokens and passwords "
                               "of the servers under test. Write https://, reach it through an SSH tunnel, or pass "
                               "--agents-without-tls in a network of your own",
                               url->authority())};
    setup.urls.push_back(std::move(*url));
  }
  auto token = agents_token(invocation, flags);
  if (!token) return token.error();
  setup.token = std::move(*token);
  auto connect = connect_options(invocation);
  if (!connect) return connect.error();
  setup.connect = std::move(*connect);
  setup.version = version_text();
  const auto user = invocation.environment.get("USER");
  setup.led_by = fmt::format("{}{}{} (process {})", user.value_or(""), user ? "@" : "", this_machine().host, getpid());
  return setup;
}

Result<Json> agents_seen(const AgentsSetup& setup) {
  const auto seen = see_agents(setup);
  if (!seen) return seen.error();
  Json list = Json::array();
  for (const AgentSeen& it : *seen)
    list.push_back({{"agent", it.name},
                    {"host", it.greeting.host},
                    {"version", it.greeting.version},
                    {"cores", it.greeting.cores},
                    {"clockDifferenceMs", static_cast<double>(it.clock_difference.count()) / 1000},
                    {"clockUncertaintyMs", static_cast<double>(it.clock_uncertainty.count()) / 1000},
                    {"share", fmt::format("1/{}", seen->size())}});
  return list;
}

std::string agents_seen_text(const Json& agents) {
  TextTable table("llrrrl");
  table.row({"Agent", "host", "cores", "clock, ms", "known to, ms", "share of the load"});
  for (const Json& it : agents)
    table.row({it["agent"].get<std::string>(), it["host"].get<std::string>(), it["cores"].dump(),
               fmt::format("{:+.3f}", it["clockDifferenceMs"].get<double>()),
               fmt::format("{:.3f}", it["clockUncertaintyMs"].get<double>()), it["share"].get<std::string>()});
  return table.text(0);
}

}  // namespace sagactl
