// What is done to the system under test while it is loaded: faults of its processes, and of the network to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "common/time.hpp"

namespace sagactl {

enum class FaultAction : std::uint8_t {
  pause,    // stopped (SIGSTOP), and later continued
  kill,     // SIGKILL
  restart,  // killed, and started again as it was started before
  run,      // a command, and later perhaps another that undoes it
};

template <>
struct Spelling<FaultAction> {
  static constexpr std::string_view names[] = {"pause", "kill", "restart", "run"};
};

// A process of this machine with all that it has started, or a container.
struct FaultTarget {
  enum class Kind : std::uint8_t { pid, pidfile, command, port, container, node };
  Kind kind = Kind::pid;
  std::string name;         // of a node or a container, the path of a pid file, a part of a command line
  std::int64_t number = 0;  // a pid or a port; of a node the port at which it was found, 0 before that
  friend bool operator==(const FaultTarget&, const FaultTarget&) = default;
};

template <>
struct Spelling<FaultTarget::Kind> {
  static constexpr std::string_view names[] = {"pid", "pidfile", "command", "port", "container", "node"};
};

struct Fault {
  FaultAction action = FaultAction::pause;
  FaultTarget target;         // not of a command
  std::string command, undo;  // of `run`; undo: "" for none
  Duration at{0};             // since the start of the measured load
  // Of a pause and a restart how long, of a command after which time it is undone; none: at the end of the load.
  std::optional<Duration> length;

  std::string text() const;  // as --fault takes it
  friend bool operator==(const Fault&, const Fault&) = default;
};

enum class ProxyAction : std::uint8_t {
  delay,            // a request waits in the proxy before it goes on
  throttle,         // bytes per second of each connection, in both directions
  cut_requests,     // the connection breaks before the request reaches the server
  cut_answers,      // the connection breaks when the server has answered: the answer is lost
  cut_connections,  // open connections break, and new ones are refused
  duplicate,        // the request reaches the server twice; the client gets the first answer
  answer,           // the proxy answers, and the server gets nothing
};

template <>
struct Spelling<ProxyAction> {
  static constexpr std::string_view names[] = {"delay",           "throttle",  "cut requests", "cut answers",
                                               "cut connections", "duplicate", "answer"};
};

struct ProxyFault {
  ProxyAction action = ProxyAction::delay;
  Duration delay_min{0}, delay_max{0};
  std::uint64_t bytes_per_second = 0;
  int status = 0;              // of `answer`
  double share = 1;            // of the requests; of cut connections, of these. Above 0, at most 1
  Duration from{0};            // since the start of the measured load
  std::optional<Duration> to;  // none: until the end of the load
  std::string target;          // one of the URLs of the load; "": all

  std::string text() const;  // as --proxy-fault takes it
  friend bool operator==(const ProxyFault&, const ProxyFault&) = default;
};

// Whether it is about single requests, which a proxy cannot tell apart in an encrypted connection.
bool needs_requests(ProxyAction action);

struct FaultPlan {
  std::vector<Fault> faults;
  std::vector<ProxyFault> proxy;
  bool any() const { return !faults.empty() || !proxy.empty(); }
  friend bool operator==(const FaultPlan&, const FaultPlan&) = default;
};

inline constexpr std::size_t faults_max = 50;  // of each of the two kinds

// A word that a shell and parse_fault() read as one.
std::string quoted_word(const std::string& text);

}  // namespace sagactl
