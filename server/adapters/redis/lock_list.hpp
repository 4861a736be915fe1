// Lists the locks that are held. On the loop's thread.
#pragma once

#include <cstddef>
#include <string>

#include "server/adapters/redis/lock_keys.hpp"
#include "server/adapters/redis/lock_scripts.hpp"
#include "server/ports/lock.hpp"

namespace sagactl::redis {

// Scans the database's keys in batches, so that the locks themselves are not delayed; what changes meanwhile may be
// listed or not. Bounded: a database with too many keys, of whatever owner, is an error.
void list_held(RedisSession& session, LockScripts& scripts, const LockKeys& keys, std::size_t limit, Lock::Listed done);

void list_one(LockScripts& scripts, const LockKeys& keys, const std::string& key, Lock::Listed done);

}  // namespace sagactl::redis
