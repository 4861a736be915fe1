// A profile as a message, with its data files and the texts of its environment. Secret: those may hold passwords.
#pragma once

#include "common/text/json.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

Json encoded(const Profile& profile);
// Throws std::exception for anything that is not a profile of this version. The caller checks it as any other.
Profile decoded_profile(const Json& json);

}  // namespace sagactl
