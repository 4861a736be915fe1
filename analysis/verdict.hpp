// The result of one check, and the overall ruling of several.
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
  std::string reason;  // one sentence, also for PASS: what was checked
  // Of a FAIL (and of an UNKNOWN that has evidence): {"rows":[...], "requests":[...], "nodes":[...], "why":[what was
  // found, what was expected], "more":[a line per additional case, up to 1,000]}, without empty members. Null
  // otherwise.
  Json witness;
  bool counted = true;  // false: does not apply here, left out of the overall ruling

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// For a check that has nothing to judge in this scenario.
Verdict does_not_apply(std::string_view name, std::string_view because);
// For a check that lacks the data it needs.
Verdict undecided(std::string_view name, std::string_view because);

// Any FAIL is FAIL, else any counted UNKNOWN is UNKNOWN, else PASS. Nothing counted is UNKNOWN.
Ruling overall(std::span<const Verdict> verdicts);

Json to_json(const Verdict& verdict);  // {name, verdict, reason, witness, counted}

}  // namespace sagactl
