#include "loadgen/requests/request_forms.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "httpclient/content_coding.hpp"
#include "loadgen/profile/profile_headers.hpp"

namespace sagactl {
namespace {

// Null: the requests to the target are forwarded by none.
const HttpProxy* forwarding_proxy(const Url& target, const std::optional<HttpProxy>& proxy) {
  return proxy && !target.tls ? &*proxy : nullptr;
}

// How what is filled into a body is escaped.
Escape body_escape(const JourneyStep& step) {
  if (step.is_form) return Escape::form;
  const std::string* type = find_header(step.headers, "Content-Type");
  if (type != nullptr) return lower(*type).find("json") == std::string::npos ? Escape::none : Escape::json;
  const std::string_view text = trim(step.body);
  return text.starts_with('{') || text.starts_with('[') ? Escape::json : Escape::none;
}

// What is filled into a message is a value in its JSON, or stands as it is.
Escape message_escape(std::string_view text) {
  text = trim(text);
  return text.starts_with('{') && field_size(text) == 0 ? Escape::json : Escape::none;
}

}  // namespace

std::string path_prefix(const Url& target, const std::optional<HttpProxy>& proxy) {
  const bool is_forwarded = forwarding_proxy(target, proxy) != nullptr;
  return fmt::format("{}{}", is_forwarded ? fmt::format("http://{}", target.authority()) : "", target.prefix);
}

// Written before a step's headers, which replace each of these.
std::string FormCompiler::general_headers(const RequestHeaders& headers, const Url& target) const {
  std::string text = " HTTP/1.1\r\n";
  const auto add = [&](const char* name, std::string_view value) {
    if (find_header(headers, name) == nullptr) text += fmt::format("{}: {}\r\n", name, value);
  };
  add("Host", target.host_header());
  const HttpProxy* const proxy = forwarding_proxy(target, setup_.proxy);
  if (proxy != nullptr && !proxy->authorization.empty()) add("Proxy-Authorization", proxy->authorization);
  add("Accept", "application/json");
  if (setup_.compressed) add("Accept-Encoding", accepted_codings);
  if (setup_.closes) add("Connection", "close");
  return text;
}

StepForms FormCompiler::compile(const JourneyStep& step) const {
  StepForms forms;
  forms.push_back(form_of(step, OrderKind::single, nullptr));
  forms.push_back(form_of(step, OrderKind::duplicate, nullptr));
  if (setup_.plan.failure_variants.empty()) forms.push_back(form_of(step, OrderKind::payment_fail, nullptr));
  for (const FailureVariant& variant : setup_.plan.failure_variants)
    forms.push_back(form_of(step, OrderKind::payment_fail, &variant));
  return forms;
}

RequestForm FormCompiler::form_of(const JourneyStep& step, OrderKind kind, const FailureVariant* variant) const {
  PieceCompiler compiler(setup_.profile, setup_.plan, kind, variant);
  RequestForm form;
  form.method = step.method + " ";
  form.is_address = field_size(step.path) > 0;
  form.path = compiler.compile(step.path, Escape::path);
  std::string headers;
  for (const auto& [name, value] : step.headers) headers += fmt::format("{}: {}\r\n", name, value);
  form.headers = compiler.compile(headers, Escape::header);
  form.body = compiler.compile(step.body, body_escape(step));
  if (step.message)
    for (const std::string& text : message_templates(*step.message))
      form.messages.push_back(compiler.compile(text, message_escape(text)));
  form.has_length = !step.body.empty() || (step.method != "GET" && step.method != "DELETE");
  form.has_authorization = find_header(step.headers, "Authorization") != nullptr;
  std::size_t target_max = 0;
  for (const Url& target : setup_.targets) {
    form.heads.push_back(general_headers(step.headers, target));
    target_max = std::max(target_max, path_prefix(target, setup_.proxy).size() + form.heads.back().size());
  }
  form.size = target_max + form.method.size() + length_name.size() + any_length.size() + 8;
  for (const RequestPieces* pieces : {&form.path, &form.headers, &form.body})
    form.size += size_max(*pieces, setup_.field_size_max);
  return form;
}

}  // namespace sagactl
