// Reading which locks are held. On the loop's thread.
#pragma once

#include <cstddef>
#include <string>

#include "server/adapters/redis/keys.hpp"
#include "server/adapters/redis/scripts.hpp"
#include "server/ports/lock.hpp"

namespace sagactl::redis {

// Goes through the database's keys piece by piece, and so does not hold up the locks themselves; what changes
// meanwhile may be told or not. Bounded: a database with too many keys, of whomever, is an error.
void list_held(Session& session, Scripts& scripts, const Keys& keys, std::size_t limit, Lock::Listed done);

void list_one(Scripts& scripts, const Keys& keys, const std::string& key, Lock::Listed done);

}  // namespace sagactl::redis
