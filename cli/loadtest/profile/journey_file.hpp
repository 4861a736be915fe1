// Reads the parts of a profile file that describe journeys (docs/journeys.md).
#pragma once

#include "cli/configuration/toml_members.hpp"
#include "cli/loadtest/profile/profile_surroundings.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// Reads the members before, after, log_in, set_up, tear_down, branches, cookies and data.
void read_journey(TomlMembers& members, Profile& profile, const ProfileSurroundings& surroundings);

// Reads the body of [create], and what only journeys use of it.
void read_create_of_journey(TomlMembers& members, Profile& profile, const ProfileSurroundings& surroundings);

// Finds the values of each {env:...} and {file:...} of the profile. What cannot be found is left out; check() says so.
void find_texts(Profile& profile, const ProfileSurroundings& surroundings);

// 201, "2xx", "200-204"
void read_statuses(TomlMembers& members, const char* name, StatusRanges& ranges);

}  // namespace sagactl
