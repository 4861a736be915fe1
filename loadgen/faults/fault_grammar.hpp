// Faults as they are written: "pause node-2 at 10s for 5s", "delay 200ms of 10% from 5s to 15s".
#pragma once

#include <string_view>

#include "common/result.hpp"
#include "loadgen/faults/fault_plan.hpp"

namespace sagactl {

// `invalid` says what is wrong and at which character, and shows a correct example.
Result<Fault> parse_fault(std::string_view text);
Result<ProxyFault> parse_proxy_fault(std::string_view text);

// The parts, also for files that have them as members. Their errors name the value and what would be right.
// "pid 4711", "4711", "pidfile FILE", "command TEXT", "port 8085", "container NAME", or the name of a node.
Result<FaultTarget> parse_fault_target(std::string_view text);
Result<void> parse_delay_range(std::string_view text, ProxyFault& fault);  // "200ms", "100ms..300ms"
Result<std::uint64_t> parse_bandwidth(std::string_view text);              // "100kB/s": bytes per second
Result<double> parse_fault_share(std::string_view text);                   // "10%" or "0.1"
Result<int> parse_answer_status(std::string_view text);                    // 400 to 599
Result<Duration> parse_fault_time(std::string_view text);                  // at most a day
Result<ProxyAction> parse_proxy_action(std::string_view text);             // also "cut request" for "cut requests"

// What the parts of one fault have to be together.
Result<void> check(const Fault& fault);
Result<void> check(const ProxyFault& fault);

}  // namespace sagactl
