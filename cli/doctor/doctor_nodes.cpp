// The nodes of --url: do they answer, what do they say about what they need, do their clocks agree with ours?
#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cmath>

#include "cli/doctor/finding.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"

namespace sagactl {
namespace {

constexpr double skew_fail_ms = 30'000;

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

void examine_silence(const Url& url, const Error& error, DoctorFindings& findings) {
  const std::string subject = "node " + url.authority();
  if (!is_local(url))
    findings.push_back({subject, CheckResult::fail, error.message, "is it running, and is the address right?"});
  else if (port_is_free(url))
    findings.push_back({subject, CheckResult::warn, fmt::format("no node runs; port {} is free", url.port),
                        fmt::format("sagactl serve --port {}", url.port)});
  else
    findings.push_back(
        {subject, CheckResult::fail,
         fmt::format("port {} is taken by something that does not answer: {}", url.port, error.message),
         "stop it, or choose another port with --port and --url"});
}

void examine_clock(const Json& health, Timestamp asked, Timestamp answered, const std::string& name,
                   DoctorFindings& findings) {
  const auto theirs = parse_iso8601(text_member(health, "timestamp"));
  if (!theirs) return;
  const Timestamp ours = asked + (answered - asked) / 2;
  const double skew_ms = static_cast<double>((*theirs - ours).count()) / 1000;
  const double doubt_ms = static_cast<double>((answered - asked).count()) / 2000 + 1;
  const std::string found =
      fmt::format("{:+.0f} ms against this machine, give or take {:.0f} ms", skew_ms, doubt_ms);
  const double certain_ms = std::max(0.0, std::abs(skew_ms) - doubt_ms);
  const CheckResult worse = certain_ms > skew_fail_ms ? CheckResult::fail : CheckResult::warn;
  if (certain_ms > skew_warn_ms)
    findings.push_back(
        {"clock of " + name, worse, found, "run a time service (chrony, systemd-timesyncd) on both"});
  else
    findings.push_back({"clock of " + name, CheckResult::ok, found});
}

void examine_dependencies(const Json& health, const std::string& name, DoctorFindings& findings) {
  for (const auto& [part, state] : json_member(health, "dependencies").items()) {
    const bool up = text_member(state, "status") == "up";
    const std::string found = up ? "up, " + or_default(text_member(state, "latencyMs"), "0") + " ms"
                                 : "down: " + text_member(state, "error");
    const CheckResult health_of_part = up                               ? CheckResult::ok
                                  : bool_member(state, "required") ? CheckResult::fail
                                                                   : CheckResult::warn;
    findings.push_back({part + " of " + name, health_of_part, found,
                        up ? "" : "the node's log says since when; it tries again by itself"});
  }
}

void examine_token(const Invocation& invocation, HttpClient& node, const std::string& name,
                   DoctorFindings& findings) {
  const auto token = token_for(invocation, node.base());
  if (!token || token->empty()) {
    findings.push_back({"access to " + name, CheckResult::warn, "there is no token for it",
                        "`sagactl login`, --token, or --data with the node's data directory"});
    return;
  }
  node.set_token(*token);
  const auto response = node.get("/sagas?limit=1");
  if (response && response->ok())
    findings.push_back({"access to " + name, CheckResult::ok, "the token is good"});
  else
    findings.push_back({"access to " + name, CheckResult::warn,
                        response ? response->message() : response.error().message,
                        "`sagactl login` gets a new one; --data names the node's data directory"});
}

void examine_node(const Invocation& invocation, const Url& url, DoctorFindings& findings) {
  HttpClientOptions options;
  options.timeout = invocation.settings.timeout;
  HttpClient node(url, options);
  const Timestamp asked = wall_clock_now();
  const auto response = node.get("/health/detailed");
  const Timestamp answered = wall_clock_now();
  if (!response) return examine_silence(url, response.error(), findings);
  const auto health = response->json();
  if (!health || text_member(*health, "status").empty()) {
    findings.push_back({"node " + url.authority(), CheckResult::fail, "something else than a node answers",
                        "stop it, or choose another port with --port and --url"});
    return;
  }
  const std::string name = or_default(text_member(*health, "nodeId"), url.authority());
  findings.push_back({"node " + url.authority(), response->ok() ? CheckResult::ok : CheckResult::fail,
                      name + (response->ok() ? " answers" : " answers, and is not ready"),
                      response->ok() ? "" : "see below what it lacks"});
  examine_dependencies(*health, name, findings);
  examine_clock(*health, asked, answered, name, findings);
  examine_token(invocation, node, name, findings);
}

}  // namespace

void examine_nodes(const Invocation& invocation, DoctorFindings& findings) {
  const auto urls = node_urls(invocation.settings);
  if (!urls) {
    findings.push_back({"--url", CheckResult::fail, urls.error().message, "write it as http://host:port"});
    return;
  }
  for (const Url& url : *urls) examine_node(invocation, url, findings);
}

}  // namespace sagactl
