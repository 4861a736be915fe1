// The charges of a simulated provider that runs as a process of its own, in a file: after a restart it knows what it
// answered before. Processes on one machine may share the file.
#pragma once

#include <filesystem>
#include <memory>

#include "server/ports/charge_book.hpp"

namespace sagactl {

// Creates the file and its directory if they do not exist. Puts survive the death of the process. Keeps the newest
// `keys_max` keys, or somewhat more.
Result<std::unique_ptr<ChargeBook>> open_charge_book(const std::filesystem::path& file,
                                                     std::int64_t keys_max = 2'000'000);

}  // namespace sagactl
