// The requests of a profile, compiled: a form for each kind of order, and for each way to fail.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "httpclient/connecting/connect_options.hpp"
#include "httpclient/url.hpp"
#include "loadgen/orders/product_plan.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/requests/request_pieces.hpp"

namespace sagactl {

// The request of one kind of order, or of one failure variant.
struct RequestForm {
  std::string method;  // with a blank
  RequestPieces path, headers, body;
  std::vector<RequestPieces> messages;  // message_templates()
  std::vector<std::string> heads;  // by target: the end of the first line, and the headers that are sent by default
  bool has_authorization = false;  // of its own
  bool is_address = false;         // the path is one that an answer named
  bool has_length = true;
  std::size_t size = 0;  // the most, without what grows
};

// Single, duplicate, and the failure variants.
using StepForms = std::vector<RequestForm>;
inline constexpr std::size_t first_fail_form = 2;

inline constexpr std::string_view length_name = "Content-Length:";
inline constexpr std::string_view any_length = "        ";  // spaces before a number are not part of it (RFC 9110)

// What stands before the path of requests to the target: a proxy that forwards them needs the whole URL.
std::string path_prefix(const Url& target, const std::optional<HttpProxy>& proxy);

// All of it outlives the compiler.
struct FormSetup {
  const Profile& profile;
  const ProductPlan& plan;
  const std::vector<Url>& targets;
  const std::optional<HttpProxy>& proxy;
  bool compressed = false;
  bool closes = false;             // each request asks to close its connection
  std::size_t field_size_max = 0;  // the longest text of a field that is known beforehand
};

class FormCompiler {
 public:
  explicit FormCompiler(const FormSetup& setup) : setup_(setup) {}
  StepForms compile(const JourneyStep& step) const;

 private:
  RequestForm form_of(const JourneyStep& step, OrderKind kind, const FailureVariant* variant) const;
  std::string general_headers(const RequestHeaders& headers, const Url& target) const;

  const FormSetup setup_;
};

}  // namespace sagactl
