#include "server/adapters/postgres/connection/hosts.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <mutex>
#include <random>

#include "common/text/text.hpp"

namespace sagactl::postgres {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds timeout_remembered{30};
constexpr std::chrono::milliseconds timeout_of_one{3'000}, timeout_of_each{2'000}, timeout_max{30'000};

std::mutex timeouts_mutex;
std::map<std::string, Steady::time_point> timeouts;  // by the host's name

bool timed_out_recently(const std::string& name) {
  const std::lock_guard lock(timeouts_mutex);
  const auto found = timeouts.find(name);
  return found != timeouts.end() && Steady::now() - found->second < timeout_remembered;
}

std::vector<std::string> list_of(const std::string& text) {
  return text.empty() ? std::vector<std::string>() : split(text, ',');
}

// The addresses of a name; empty when there is at most one, which libpq then resolves itself.
std::vector<std::string> addresses_of(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.front() == '@') return {};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  std::vector<std::string> addresses;
  for (; found; found = found->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) continue;
    if (std::find(addresses.begin(), addresses.end(), text) == addresses.end()) addresses.emplace_back(text);
  }
  if (addresses.size() < 2) addresses.clear();
  return addresses;
}

CandidateHost make_host(const PostgresAddress& all, const std::string& name, const std::string& address,
                        const std::string& port) {
  CandidateHost host{all, {}, false};
  host.address.set("host", name);
  host.address.set("hostaddr", address);
  host.address.set("port", port);
  host.address.set("load_balance_hosts", "");
  const std::string shown = name.empty() ? address : address.empty() ? name : fmt::format("{} ({})", name, address);
  const bool is_socket = shown.empty() || shown.front() == '/' || shown.front() == '@';
  if (shown.empty())
    host.name = "this machine's socket";
  else
    host.name = is_socket ? shown : fmt::format("{}:{}", shown, port.empty() ? "5432" : port);
  return host;
}

}  // namespace

std::vector<CandidateHost> candidate_hosts(const PostgresAddress& address) {
  const std::vector<std::string> names = list_of(address.get("host")), numbers = list_of(address.get("hostaddr")),
                                 ports = list_of(address.get("port"));
  const std::size_t count = std::max<std::size_t>({names.size(), numbers.size(), 1});
  const bool is_consistent = (names.empty() || numbers.empty() || names.size() == numbers.size()) &&
                             (ports.size() <= 1 || ports.size() == count);
  if (!is_consistent)
    return {CandidateHost{address, address.get("host"), false}};  // libpq reports what is wrong with it
  std::vector<CandidateHost> hosts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = names.empty() ? "" : names[i], number = numbers.empty() ? "" : numbers[i];
    const std::string port = ports.empty() ? "" : ports.size() == 1 ? ports[0] : ports[i];
    const std::vector<std::string> resolved = number.empty() ? addresses_of(name) : std::vector<std::string>();
    for (const std::string& one : resolved) hosts.push_back(make_host(address, name, one, port));
    if (resolved.empty()) hosts.push_back(make_host(address, name, number, port));
  }
  if (address.get("load_balance_hosts") == "random") std::shuffle(hosts.begin(), hosts.end(), std::random_device());
  for (CandidateHost& host : hosts) host.timed_out_recently = timed_out_recently(host.name);
  std::stable_partition(hosts.begin(), hosts.end(), [](const CandidateHost& host) { return !host.timed_out_recently; });
  return hosts;
}

void note_timeout(const CandidateHost& host) {
  const std::lock_guard lock(timeouts_mutex);
  timeouts[host.name] = Steady::now();
}

std::chrono::milliseconds connect_timeout_of(const PostgresAddress& address, std::size_t count) {
  const std::string given = address.get("connect_timeout");
  int seconds = 0;
  std::from_chars(given.data(), given.data() + given.size(), seconds);
  if (seconds > 0) return std::min<std::chrono::milliseconds>(std::chrono::seconds(seconds), timeout_max);
  return count > 1 ? timeout_of_each : timeout_of_one;
}

}  // namespace sagactl::postgres
