#include "server/http/message/method.hpp"

namespace sagactl::http {

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      return "";
  }
  return "";
}

Method parse_method(std::string_view text) {
  for (Method method :
       {Method::get, Method::post, Method::put, Method::del, Method::head, Method::patch, Method::options}) {
    if (text == to_string(method)) return method;
  }
  return Method::other;
}

}  // namespace sagactl::http
