// How much of an answer is read.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <string>

namespace sagactl {

// Of an answer's head: gateways add kilobytes of cookies and of security headers.
constexpr std::uint32_t head_max = 64 * 1024;

// Which part of an answer was over its limit, in words; nothing when the failure is another.
std::string what_is_too_long(const boost::system::error_code& failure, std::size_t body_max);

}  // namespace sagactl
