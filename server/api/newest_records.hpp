// Records of which only the newest are kept: ids grow with time.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "server/ports/records.hpp"

namespace sagactl::api {

// At most `count` records of a kind, the newest first.
Result<std::vector<StoredRecord>> newest_records(RecordStore& records, const std::string& kind, std::size_t count);

// The oldest id of a kind that stays when the newest `kept` of it are kept, and `in_use` with all that is newer; empty
// while there are fewer.
Result<std::string> oldest_kept(RecordStore& records, const std::string& kind, std::size_t kept,
                                const std::string& in_use = {});

// Of each kind in `kinds`, in this order, removes what is older than the newest `kept` records of `kind`, at most
// `removed_max` at a time. Ids of these kinds begin with those of `kind`. `in_use` as above.
Result<void> keep_newest_records(RecordStore& records, const std::string& kind, std::size_t kept,
                                 std::initializer_list<const char*> kinds, std::size_t removed_max,
                                 const std::string& in_use = {});

}  // namespace sagactl::api
