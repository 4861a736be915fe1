// The profile of a user's own saga: each request starts one, through the API of the nodes.
#pragma once

#include <optional>
#include <string>

#include "common/result.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// The input of sagas: JSON text with the fields of a profile in braces, such as {user} or {quantity}.
struct SagaInputTemplate {
  std::string source;  // the flag and the file that it is from, for messages
  std::string text;
};

// Of the published definition `name`. `failing` is the input of the sagas that are meant to fail. `invalid`, with the
// source, for an unknown field, and for a text that is no JSON once its fields are filled in.
Result<Profile> saga_profile(const std::string& name, const SagaInputTemplate& input,
                             const std::optional<SagaInputTemplate>& failing);

}  // namespace sagactl
