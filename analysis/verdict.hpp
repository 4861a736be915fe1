// What a check has decided, and what a list of such decisions comes to.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "common/text/spelling.hpp"

namespace sagactl {

enum class Ruling : std::uint8_t { pass, fail, unknown };

template <>
struct Spelling<Ruling> {
  static constexpr std::string_view names[] = {"PASS", "FAIL", "UNKNOWN"};
};

struct Verdict {
  std::string name;
  Ruling ruling = Ruling::unknown;
  std::string reason;  // one sentence, also for PASS: what was looked at
  // Of a FAIL (and of an UNKNOWN where something can be shown): {"rows":[...], "requests":[...],
  // "nodes":[...], "why":[two lines], "more":[a line for each further case, up to 1,000]}; members without content are
  // left out. Null otherwise.
  Json witness;
  bool counted = true;  // false: does not apply here, left out of the overall ruling

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// A check that has nothing to look at in this scenario.
Verdict does_not_apply(std::string_view name, std::string_view because);
// A check that could not see what it needs.
Verdict undecided(std::string_view name, std::string_view because);

// Any FAIL is FAIL, else any counted UNKNOWN is UNKNOWN, else PASS. Nothing counted is UNKNOWN.
Ruling overall(std::span<const Verdict> verdicts);

Json to_json(const Verdict& verdict);  // {name, verdict, reason, witness, counted}

}  // namespace sagactl
