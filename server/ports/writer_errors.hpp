// Why a writer may not write, as every store says it.
#pragma once

#include "common/result.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

Error writer_fenced(const Writer& writer);         // `conflict`
Error writer_lease_expired(const Writer& writer);  // `retry`

}  // namespace sagactl
