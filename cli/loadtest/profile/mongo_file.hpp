// [mongodb] of a profile: its queries of a MongoDB database.
#pragma once

#include "cli/configuration/toml_members.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

void read_mongo_queries(TomlMembers& members, ProfileQueries& queries);

}  // namespace sagactl
