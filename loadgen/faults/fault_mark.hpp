// What became of one fault of a run.
#pragma once

#include <cstdint>
#include <string>

#include "common/time.hpp"

namespace sagactl {

struct FaultMark {
  std::string fault;   // as it was asked for
  std::string kind;    // "pause", "delay": the spelling of its action
  std::string target;  // who was hit: "node-2, process 4711"; a URL; "" for a command
  bool by_proxy = false;
  bool done = false;    // as it was asked for
  std::string outcome;  // what was done, or why it was not
  // By this machine's clock; 0: did not happen. One that is over at once, or not undone, ends when it begins.
  Timestamp began, ended;
  // Of the proxy: the requests or connections that it met, and how many of these it changed.
  std::uint64_t met = 0, changed = 0;

  bool has_begun() const { return began.us != 0; }
  friend bool operator==(const FaultMark&, const FaultMark&) = default;
};

}  // namespace sagactl
