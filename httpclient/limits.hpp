// How much of an answer is read.
#pragma once

#include <cstdint>

namespace sagactl {

// Of an answer's head: gateways add kilobytes of cookies and of security headers.
constexpr std::uint32_t head_max = 64 * 1024;

}  // namespace sagactl
