// The files of server/api/pages, carried in the binary.
#pragma once

#include <string_view>

namespace sagactl::api {

// A name that is not among them is a programmer's error.
std::string_view page(std::string_view name);

}  // namespace sagactl::api
