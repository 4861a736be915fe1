// Pages and the parts of the OpenAPI document, which the binary carries.
#pragma once

#include <string_view>

namespace sagactl::api {

// The text of an embedded file. Precondition: CMakeLists.txt embeds a file of that name.
std::string_view embedded_text(std::string_view name);

}  // namespace sagactl::api
