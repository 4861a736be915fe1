// The nodes of --url: whether they answer, the state of their dependencies, their clocks, and the token for them.
#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>

#include "cli/client/connecting.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/doctor/clock_difference.hpp"
#include "cli/doctor/finding.hpp"
#include "common/loopback.hpp"

namespace sagactl {
namespace {

constexpr double clock_difference_fail_ms = 30'000;

bool port_is_free(const Url& url) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor acceptor(context);
  boost::system::error_code failure;
  const boost::asio::ip::tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), url.port);
  acceptor.open(endpoint.protocol(), failure);
  if (failure) return false;
  acceptor.set_option(boost::asio::socket_base::reuse_address(true), failure);
  acceptor.bind(endpoint, failure);
  return !failure;
}

void inspect_unreachable(const Url& url, const Error& error, DoctorFindings& findings) {
  const std::string subject = "node " + (url.socket.empty() ? url.authority() : url.text());
  const Error advised = with_connecting_advice(error);
  const std::string advice = text_member(advised.members, "hint");
  if (!advice.empty())
    findings.push_back({subject, CheckResult::fail, error.message, advice});
  else if (!url.socket.empty() || !is_loopback_host(url.host))
    findings.push_back(
        {subject, CheckResult::fail, error.message, "check that the node runs and that the address is right"});
  else if (port_is_free(url))
    findings.push_back({subject, CheckResult::warn, fmt::format("no node is running; port {} is free", url.port),
                        fmt::format("sagactl serve --port {}", url.port)});
  else
    findings.push_back({subject, CheckResult::fail,
                        fmt::format("port {} is in use by a process that does not answer: {}", url.port, error.message),
                        "stop it, or choose another port with --port and --url"});
}

void inspect_clock(const Json& health, Timestamp asked, Timestamp answered, const std::string& name,
                   DoctorFindings& findings) {
  const auto theirs = parse_iso8601(text_member(health, "timestamp"));
  if (!theirs) return;
  const ClockDifference clock = clock_difference(*theirs, asked, answered, 1);
  const CheckResult worse = clock.certain_ms() > clock_difference_fail_ms ? CheckResult::fail : CheckResult::warn;
  if (clock.certain_ms() > clock_difference_warn_ms)
    findings.push_back(
        {"clock of " + name, worse, clock.text(), "run a time service (chrony, systemd-timesyncd) on both machines"});
  else
    findings.push_back({"clock of " + name, CheckResult::ok, clock.text()});
}

void inspect_dependencies(const Json& health, const std::string& name, DoctorFindings& findings) {
  for (const auto& [part, state] : json_member(health, "dependencies").items()) {
    const bool up = text_member(state, "status") == "up";
    const std::string found =
        up ? "up, " + or_default(text_member(state, "latencyMs"), "0") + " ms" : "down: " + text_member(state, "error");
    const CheckResult health_of_part = up                               ? CheckResult::ok
                                       : bool_member(state, "required") ? CheckResult::fail
                                                                        : CheckResult::warn;
    findings.push_back(
        {part + " of " + name, health_of_part, found, up ? "" : "see the node's log; it reconnects automatically"});
  }
}

void inspect_token(const Invocation& invocation, HttpClient& node, const std::string& name, DoctorFindings& findings) {
  const auto token = token_for(invocation, node.base());
  if (!token || token->empty()) {
    findings.push_back({"access to " + name, CheckResult::warn, "no token",
                        "use `sagactl login`, --token, or --data with the node's data directory"});
    return;
  }
  node.set_token(*token);
  const auto response = node.get("/sagas?limit=1");
  if (response && response->ok())
    findings.push_back({"access to " + name, CheckResult::ok, "the token is accepted"});
  else
    findings.push_back({"access to " + name, CheckResult::warn,
                        response ? response->message() : response.error().message,
                        "get a new token with `sagactl login`, or pass the node's data directory with --data"});
}

// The services that users' sagas call, where the node leaves one alone because it fails.
void inspect_participants(HttpClient& node, const std::string& name, DoctorFindings& findings) {
  const auto response = node.get("/participants");
  if (!response || !response->ok()) return;
  const auto body = response->json();
  if (!body) return;
  for (const Json& each : json_member(*body, "participants")) {
    if (!bool_member(each, "isOpen")) continue;
    findings.push_back(
        {fmt::format("participant {} of {}", text_member(each, "participant"), name), CheckResult::warn,
         fmt::format("fails: {} of {} calls for {}; {} leaves it alone for a while, and sagas wait for it",
                     text_member(each, "failures"), text_member(each, "calls"), text_member(each, "definition"), name),
         "see that it runs; why its calls fail is in `sagactl trace` of a saga that waits for it"});
  }
}

void inspect_node(const Invocation& invocation, const Url& url, const ConnectOptions& connect,
                  DoctorFindings& findings) {
  HttpClientOptions options;
  options.timeout = invocation.settings.timeout;
  options.connect = connect;
  HttpClient node(url, options);
  const Timestamp asked = wall_clock_now();
  const auto response = node.get("/health/detailed");
  const Timestamp answered = wall_clock_now();
  if (!response) return inspect_unreachable(url, response.error(), findings);
  const auto health = response->json();
  if (!health || text_member(*health, "status").empty()) {
    findings.push_back({"node " + url.authority(), CheckResult::fail, "the server that answers is not a node",
                        "stop it, or choose another port with --port and --url"});
    return;
  }
  const std::string name = or_default(text_member(*health, "nodeId"), url.authority());
  findings.push_back({"node " + url.authority(), response->ok() ? CheckResult::ok : CheckResult::fail,
                      name + (response->ok() ? " answers" : " answers, but is not ready"),
                      response->ok() ? "" : "see its dependencies below"});
  inspect_dependencies(*health, name, findings);
  inspect_clock(*health, asked, answered, name, findings);
  inspect_token(invocation, node, name, findings);
  inspect_participants(node, name, findings);
}

}  // namespace

void inspect_nodes(const Invocation& invocation, DoctorFindings& findings) {
  const auto urls = node_urls(invocation.settings);
  if (!urls) {
    findings.push_back({"--url", CheckResult::fail, urls.error().message, "write it as http://host:port"});
    return;
  }
  const auto connect = connect_options(invocation);
  if (!connect) {
    findings.push_back({"connection", CheckResult::fail, connect.error().message, "change or leave out that flag"});
    return;
  }
  for (const Url& url : *urls) inspect_node(invocation, url, *connect, findings);
}

}  // namespace sagactl
