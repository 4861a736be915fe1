// The definition of a user's saga as people write it, in YAML or JSON: docs/definitions.md. Finds every mistake at
// once, each with its place, and makes the canonical JSON that server/saga/compile_definition.hpp makes runnable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "server/definitions/problem.hpp"

namespace sagactl {

struct DefinitionRead {
  std::optional<Json> canonical;  // none when there is a mistake
  std::vector<Problem> problems;  // in the order of their places; warnings also when there is no mistake

  // The canonical text. Two files that mean the same have the same, whatever the order of their members, their
  // comments and how they write durations. For one without mistakes.
  std::string text() const;
  std::string name() const;  // of the saga; "" when there is none
};

// `name_of_file` decides only whether the text has to be JSON: "trip.json". Takes any text of any length.
DefinitionRead read_definition(std::string_view text, std::string_view name_of_file);

}  // namespace sagactl
