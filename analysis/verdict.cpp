#include "analysis/verdict.hpp"

#include <fmt/format.h>

namespace sagactl {

Verdict does_not_apply(std::string_view name, std::string_view because) {
  return Verdict{.name = std::string(name),
                 .ruling = Ruling::unknown,
                 .reason = fmt::format("does not apply: {}", because),
                 .witness = nullptr,
                 .counted = false};
}

Verdict undecided(std::string_view name, std::string_view because) {
  return Verdict{
      .name = std::string(name), .ruling = Ruling::unknown, .reason = std::string(because), .witness = nullptr};
}

Ruling overall(std::span<const Verdict> verdicts) {
  bool any = false, unknown = false;
  for (const Verdict& verdict : verdicts) {
    if (verdict.ruling == Ruling::fail) return Ruling::fail;
    any |= verdict.counted;
    unknown |= verdict.counted && verdict.ruling == Ruling::unknown;
  }
  return unknown || !any ? Ruling::unknown : Ruling::pass;
}

Json to_json(const Verdict& verdict) {
  return Json{{"name", verdict.name},
              {"verdict", to_string(verdict.ruling)},
              {"reason", verdict.reason},
              {"witness", verdict.witness},
              {"counted", verdict.counted}};
}

}  // namespace sagactl
