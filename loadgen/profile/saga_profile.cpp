#include "loadgen/profile/saga_profile.hpp"

#include <fmt/format.h>

#include "common/text/json.hpp"
#include "common/text/percent.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {
namespace {

constexpr std::size_t input_max = 64 * 1024;  // the limit of the nodes

// What a field may become; nullptr: it means nothing in the input of a saga.
const char* example_of(TemplateField field) {
  switch (field) {
    case TemplateField::product:
      return "LT-run-S-00000001";
    case TemplateField::product_json:
      return "\"LT-run-S-00000001\"";
    case TemplateField::name:
      return "Load test product";
    case TemplateField::quantity:
    case TemplateField::operation:
      return "1";
    case TemplateField::price:
      return "100.00";
    case TemplateField::cents:
      return "10000";
    case TemplateField::key:
      return "LT-run-S-00000001";
    case TemplateField::correlation:
    case TemplateField::uuid:
      return "00000000-0000-8000-8000-000000000000";
    case TemplateField::user:
      return "user-1";
    case TemplateField::user_json:
      return "\"user-1\"";
    case TemplateField::run:
      return "run";
    case TemplateField::text:
    case TemplateField::items:
    case TemplateField::order:
    case TemplateField::now:
    case TemplateField::random:
    case TemplateField::env:
    case TemplateField::file:
    case TemplateField::data:
    case TemplateField::kept:
      return nullptr;
  }
  crash("unknown field");
}

// Whether the nodes will get JSON, whatever the fields become.
Result<void> check_input(const SagaInputTemplate& input) {
  const auto wrong = [&](const std::string& why) {
    return Error{ErrorCode::invalid, fmt::format("{}: {}", input.source, why)};
  };
  const auto pieces = parse_template(input.text);
  if (!pieces) return wrong(pieces.error().message);
  std::string example;
  for (const TemplatePiece& piece : *pieces) {
    const char* value = example_of(piece.field);
    if (piece.field != TemplateField::text && value == nullptr)
      return wrong(fmt::format("{{{}}} is not a field of a saga's input", to_string(piece.field)));
    example += value != nullptr ? value : piece.text;
  }
  if (example.size() > input_max)
    return wrong(fmt::format("has {} bytes; the input of a saga has at most {}", example.size(), input_max));
  try {
    [[maybe_unused]] const Json parsed = Json::parse(example);
  } catch (const Json::parse_error& error) {
    return wrong(fmt::format(
        "is no JSON at byte {} of `{}`; a text with a field needs quotes, such as {{\"guest\":\"{{user}}\"}}",
        error.byte, example.substr(0, 200)));
  }
  return {};
}

}  // namespace

Result<Profile> saga_profile(const std::string& name, const SagaInputTemplate& input,
                             const std::optional<SagaInputTemplate>& failing) {
  if (auto checked = check_input(input); !checked) return checked.error();
  Profile profile;
  profile.name = "saga " + name;
  profile.is_ours = true;
  profile.path = "/sagas/definitions/" + percent_encode(name) + "/sagas";
  profile.headers = {
      {"Content-Type", "application/json"}, {"X-Correlation-ID", "{correlation}"}, {"Idempotency-Key", "{key}"}};
  profile.body = "{input}";
  profile.fields = {{"input", input.text}};
  profile.answer.order = {"/id"};
  profile.answer.correlation = {"/correlationId"};
  profile.answer.ids_are_uuids = true;
  profile.outcome.accepted = {{201, 202}};
  profile.outcome.duplicate = {{200, 200}};  // the saga that was started under the key before
  profile.outcome.duplicate_markers = {{"", {"true"}, "Idempotency-Replayed"}};
  profile.status = {"/sagas/{order}", "/status", {"completed", "compensated", "failed"}};
  if (!failing) return profile;
  if (auto checked = check_input(*failing); !checked) return checked.error();
  FailureVariant variant;
  variant.fields = {{"input", failing->text}};
  profile.failure_variants = {variant};
  return profile;
}

}  // namespace sagactl
