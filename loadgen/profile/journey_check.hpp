// What is wrong with the journey of a profile.
#pragma once

#include <string>
#include <vector>

#include "loadgen/profile/profile.hpp"

namespace sagactl {

// One text for each mistake, beginning with the member in a profile file: "after[0].path: must begin with /". Empty for
// a journey that can run.
std::vector<std::string> journey_faults(const Profile& profile);

}  // namespace sagactl
