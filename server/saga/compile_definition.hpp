// Makes a definition that can be run from its canonical JSON, in which databases keep it: docs/your-own-saga.md.
// `sagactl saga lint` (server/definitions) finds what is wrong with a text; this only refuses what cannot be run.
#pragma once

#include <string_view>

#include "common/result.hpp"
#include "common/text/json.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// `invalid` says what is wrong and where. `text` is the canonical JSON: of a published definition its members are those
// of the file; of a transaction of DTM's clients those of server/saga/dtm_definition.hpp, of an LRA those of
// server/saga/lra_definition.hpp, and the version follows from whether it is nested.
Result<DefinitionPointer> compile_definition(std::string_view text, int version);

// The canonical text of a definition: JSON without blanks, its members in their order.
std::string canonical_text(const Json& definition);

// "3s", "500ms", "24h", "2d"; a number is seconds.
Result<Duration> read_duration(const Json& value);

}  // namespace sagactl
