#include "tests/simulation/drawn_definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "server/saga/compile_definition.hpp"

namespace sagactl::simulation {
namespace {

constexpr std::size_t participant_count = 3;

class Drawing {
 public:
  explicit Drawing(Random& random) : random_(random) {}

  Json draw(int number) {
    const std::size_t count = 1 + random_.below(8);
    Json definition{{"saga", fmt::format("drawn-{}", number)}};
    if (happens(0.4)) definition["timeout"] = fmt::format("{}s", 3 + random_.below(120));
    for (std::size_t i = 0; i < participant_count; ++i)
      definition["participants"][fmt::format("p{}", i)] = draw_participant(i);
    const bool is_line = happens(0.3);
    const std::optional<std::size_t> pivot =
        happens(0.5) ? std::optional<std::size_t>(random_.below(count)) : std::nullopt;
    if (pivot) definition["pivot"] = fmt::format("s{}", *pivot);
    past_pivot_.resize(count);
    keeps_.resize(count);
    Json steps = Json::array();
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<std::size_t> before;
      Json step{{"name", fmt::format("s{}", i)}};
      if (is_line) {
        if (i > 0) before.push_back(i - 1);
      } else {
        before = draw_before(i, pivot);
        step["after"] = Json::array();
        for (const std::size_t each : before) step["after"].push_back(fmt::format("s{}", each));
      }
      for (const std::size_t each : before) past_pivot_[i] = past_pivot_[i] || past_pivot_[each] || each == pivot;
      draw_step(i, before, step);
      steps.push_back(std::move(step));
    }
    definition["steps"] = std::move(steps);
    return definition;
  }

 private:
  bool happens(double share) { return random_.chance(share); }

  Json draw_participant(std::size_t i) {
    return Json{{"url", fmt::format("http://p{}/base", i)},
                {"timeout", fmt::format("{}ms", 200 + random_.below(2'000))},
                {"concurrency", 1 + random_.below(4)},
                {"retry",
                 {{"first", fmt::format("{}ms", 10 + random_.below(300))},
                  {"cap", fmt::format("{}ms", 300 + random_.below(4'000))},
                  {"budget", fmt::format("{}s", 5 + random_.below(60))}}}};
  }

  // Every step is before or after the pivot, as `saga lint` wants it.
  std::vector<std::size_t> draw_before(std::size_t i, std::optional<std::size_t> pivot) {
    std::vector<std::size_t> before;
    bool is_placed = !pivot || i < *pivot;
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (!happens(0.35) && i != pivot) continue;
      before.push_back(earlier);
      is_placed |= earlier == pivot || past_pivot_[earlier];
    }
    if (!is_placed && i != pivot) before.push_back(*pivot);
    return before;
  }

  void draw_step(std::size_t i, const std::vector<std::size_t>& before, Json& step) {
    if (happens(0.12)) {
      step["wait"] = Json::object();
      if (happens(0.7)) step["wait"]["for"] = fmt::format("{}ms", 100 + random_.below(40'000));
      return;
    }
    if (happens(0.12)) {
      step["sleep"] = fmt::format("{}ms", random_.below(15'000));
      return;
    }
    const std::string participant = fmt::format("p{}", random_.below(participant_count));
    const bool has_question = happens(0.5);
    keeps_[i] = happens(0.6);
    Json body{{"key", "{saga.step_key}"}, {"n", "{input.n}"}};
    for (const std::size_t each : before)
      if (keeps_[each]) body[fmt::format("of-{}", each)] = fmt::format("{{s{}.id}}", each);
    step["call"] = Json{{"post", fmt::format("{{{}}}/do", participant)}, {"body", std::move(body)}};
    if (keeps_[i]) step["keep"] = Json{{"id", "/made/id"}};
    if (has_question) step["ask"] = Json{{"get", fmt::format("{{{}}}/ask?key={{saga.step_key}}", participant)}};
    if (happens(0.3)) step["refused"] = Json{402, "409"};
    if (past_pivot_[i] || happens(0.1)) return;
    const bool by_id = keeps_[i] && has_question && happens(0.5);
    const std::string undone_at = happens(0.1) ? fmt::format("p{}", random_.below(participant_count)) : participant;
    step["undo"] =
        Json{{"post", fmt::format("{{{}}}/undo", undone_at)},
             {"body", by_id ? Json{{"id", fmt::format("{{s{}.id}}", i)}} : Json{{"key", "{saga.step_key}"}}}};
  }

  Random& random_;
  std::vector<bool> past_pivot_, keeps_;
};

}  // namespace

DefinitionPointer draw_definition(Random& random, int number) {
  const std::string text = canonical_text(Drawing(random).draw(number));
  auto compiled = compile_definition(text, 1);
  if (!compiled) throw std::logic_error(compiled.error().message + " in " + text);
  return *compiled;
}

bool comes_after(const SagaDefinition& definition, std::size_t later, std::size_t earlier) {
  const auto before = steps_before(definition, later);
  return std::any_of(before.begin(), before.end(),
                     [&](std::size_t each) { return each == earlier || comes_after(definition, each, earlier); });
}

}  // namespace sagactl::simulation
