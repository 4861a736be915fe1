// HTTP methods.
#pragma once

#include <string_view>

namespace sagactl::http {

enum class Method { get, head, post, put, patch, del, options, other };

std::string_view to_string(Method method);  // "GET", "DELETE"; "" for other
Method parse_method(std::string_view text);

}  // namespace sagactl::http
