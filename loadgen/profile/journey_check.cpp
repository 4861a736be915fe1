#include "loadgen/profile/journey_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "common/text/text.hpp"
#include "loadgen/answers/answer_values.hpp"
#include "loadgen/profile/generated_text.hpp"
#include "loadgen/profile/message_check.hpp"
#include "loadgen/profile/profile_headers.hpp"

namespace sagactl {
namespace {

constexpr std::size_t steps_max = 100;
constexpr std::uint64_t shares_max = 1000;
constexpr Duration pause_max = 24 * 3600s;

bool is_of_order(TemplateField field) {
  constexpr std::array fields = {TemplateField::items,    TemplateField::product,  TemplateField::product_json,
                                 TemplateField::name,     TemplateField::quantity, TemplateField::price,
                                 TemplateField::cents,    TemplateField::key,      TemplateField::correlation,
                                 TemplateField::operation};
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

class JourneyCheck {
 public:
  explicit JourneyCheck(const Profile& profile)
      : profile_(profile), journey_(profile.journey), names_(template_names(profile.journey)) {}

  std::vector<std::string> faults() {
    check_tables();
    check_branches();
    check_steps("set_up", journey_.set_up, Part::set_up);
    check_log_in();
    check_steps("before", journey_.before, Part::before);
    check_create();
    has_order_ = true;
    check_steps("after", journey_.after, Part::after);
    check_steps("tear_down", journey_.tear_down, Part::set_up);
    for (std::size_t i = 0; i < journey_.tear_down.size(); ++i)
      if (!journey_.tear_down[i].keep.empty())
        add(fmt::format("tear_down[{}].keep", i), "has no meaning: nothing comes after the load");
    if (journey_.before.size() + journey_.after.size() > steps_max)
      add("after", fmt::format("a journey has at most {} steps", steps_max));
    return std::move(faults_);
  }

 private:
  enum class Part { set_up, log_in, before, create, after };

  void add(std::string_view member, std::string_view what) { faults_.push_back(fmt::format("{}: {}", member, what)); }

  void check_tables() {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < journey_.data.size(); ++i) {
      const std::string& name = journey_.data[i].name;
      const std::string member = fmt::format("data[{}].name", i);
      if (auto checked = check_field_name(name); !checked) add(member, checked.error().message);
      const auto other = parse_template(fmt::format("{{{}:x}}", name));
      if (other && other->front().field != TemplateField::text)
        add(member, fmt::format("'{{{}:...}}' is a built-in field", name));
      if (!seen.insert(name).second) add(member, fmt::format("'{}' is there twice", name));
    }
  }

  void check_branches() {
    std::uint64_t sum = 0;
    std::set<std::string> seen;
    for (const JourneyBranch& branch : journey_.branches) {
      sum += branch.share;
      if (!seen.insert(branch.name).second) add("branches", fmt::format("'{}' is there twice", branch.name));
    }
    if (!journey_.branches.empty() && (sum == 0 || sum > shares_max))
      add("branches", fmt::format("the sum of the shares must be from 1 to {}", shares_max));
  }

  void check_steps(std::string_view list, const std::vector<JourneyStep>& steps, Part part) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::string member = fmt::format("{}[{}]", list, i);
      check_step(member, steps[i], part);
      if (steps[i].name.empty()) {
        add(member + ".name", "is missing");
        continue;
      }
      const bool in_journey = part == Part::before || part == Part::after;
      if (in_journey && (steps[i].name == "create" || !step_names_.insert(steps[i].name).second))
        add(member + ".name", fmt::format("there is another step '{}'", steps[i].name));
    }
  }

  void check_log_in() {
    const LogIn& log_in = journey_.log_in;
    for (std::size_t i = 0; i < log_in.requests.size(); ++i)
      check_step(fmt::format("log_in[{}]", i), log_in.requests[i], Part::log_in);
    check_text("log_in.authorization", log_in.authorization, Part::log_in);
    check_text("log_in.basic.user", log_in.basic_user, Part::log_in);
    check_text("log_in.basic.password", log_in.basic_password, Part::log_in);
    if (!log_in.lifetime.empty()) add_pointer_fault("log_in.expires_in", log_in.lifetime);
  }

  void check_create() {
    check_text("create.path", profile_.path, Part::create);
    for (const auto& [name, value] : profile_.headers) check_text("create.headers." + name, value, Part::create);
    check_text("create.body", profile_.body, Part::create);
    check_text("create.item", profile_.item, Part::create);
    check_pause("create.pause", journey_.create_pause);
    check_keep("create", journey_.create_keep, KeptScope::journey);
  }

  void check_step(const std::string& member, const JourneyStep& step, Part part) {
    if (step.message) check_message(member, step, part);
    const bool has_request = !step.message || step.message->opens();
    check_method(member, step.method);
    if (has_request) check_path(member + ".path", step.path);
    check_text(member + ".path", step.path, part);
    check_step_headers(member, step.headers);
    for (const auto& [name, value] : step.headers) check_text(member + ".headers." + name, value, part);
    check_text(member + ".body", step.body, part);
    check_pause(member + ".pause", step.pause);
    if (step.until) check_until(member + ".until", *step.until);
    const bool is_branch = std::any_of(journey_.branches.begin(), journey_.branches.end(),
                                       [&](const JourneyBranch& branch) { return branch.name == step.branch; });
    if (!step.branch.empty() && !is_branch) add(member + ".branch", unknown_branch(step.branch));
    check_keep(member, step.keep,
               part == Part::log_in   ? KeptScope::user
               : part == Part::set_up ? KeptScope::run
                                      : KeptScope::journey);
  }

  void check_message(const std::string& member, const JourneyStep& step, Part part) {
    for (const std::string& fault : message_faults(journey_, step))
      faults_.push_back(fmt::format("{}.{}", member, fault));
    for (const std::string& text : message_templates(*step.message)) check_text(member, text, part);
  }

  std::string unknown_branch(const std::string& name) const {
    std::vector<std::string> known;
    for (const JourneyBranch& branch : journey_.branches) known.push_back(branch.name);
    const std::string near = nearest(name, known);
    return fmt::format("'{}' is not in branches{}", name,
                       near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
  }

  void check_method(const std::string& member, const std::string& method) {
    constexpr std::array known = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    if (std::find(known.begin(), known.end(), method) == known.end())
      add(member + ".method", fmt::format("'{}' must be one of {}", method, fmt::join(known, ", ")));
  }

  void check_path(const std::string& member, const std::string& path) {
    const std::size_t first = field_size(path);
    const bool is_kept = first > 0 && find_kept(journey_, std::string_view(path).substr(1, first - 2)).has_value();
    if (!path.starts_with('/') && !is_kept) add(member, "must begin with / or be an address that a step keeps");
    const bool is_wrong = std::any_of(path.begin(), path.end(), [](char c) {
      return static_cast<unsigned char>(c) <= ' ' || c == '\x7F' || c == '#';
    });
    if (is_wrong) add(member, "has a space, a # or a control character: write %20 for a space");
  }

  void check_step_headers(const std::string& member, const RequestHeaders& headers) {
    for (std::string& fault : header_faults(headers, member + ".headers")) faults_.push_back(std::move(fault));
  }

  void check_pause(const std::string& member, const StepPause& pause) {
    if (pause.least < Duration{0} || pause.least > pause.most || pause.most > pause_max)
      add(member, "must be a time such as \"2s\", or two of them, the shorter first, up to a day");
  }

  void add_pointer_fault(const std::string& member, const std::string& pointer) {
    if (const std::string fault = json_pointer_fault(pointer); !fault.empty()) add(member, fault);
  }

  void check_until(const std::string& member, const StepUntil& until) {
    if (!until.marker.pointer.empty()) add_pointer_fault(member + ".pointer", until.marker.pointer);
    if (until.marker.values.empty()) add(member + ".values", "is missing: which values end the step?");
    if (until.every <= Duration{0}) add(member + ".every", "must be more than nothing");
    if (until.at_most < until.every) add(member + ".at_most", "must be at least as long as every");
  }

  void check_keep(const std::string& member, const std::vector<ValueSource>& sources, KeptScope scope) {
    for (const ValueSource& source : sources) {
      const std::string name = fmt::format("{}.keep.{}", member, source.name);
      if (auto checked = check_field_name(source.name); !checked) add(name, checked.error().message);
      if (find_field(profile_.fields, source.name) != nullptr) add(name, "is also in create.fields");
      if (const auto place = find_kept(journey_, source.name); place && place->scope != scope)
        add(name, "is kept elsewhere under this name: what set-up, log-in and steps keep needs different names");
      if (source.kind == ValueSource::Kind::pointer) add_pointer_fault(name, source.place);
      if (source.kind == ValueSource::Kind::pattern)
        if (const std::string fault = pattern_fault(source.place); !fault.empty()) add(name, fault);
      known_.insert(source.name);
    }
  }

  // Also with the values that the fields of the profile's own have in orders that are meant to fail.
  void check_text(const std::string& member, const std::string& text, Part part) {
    const std::string usual = with_custom_fields(text, profile_.fields, {});
    const std::size_t faults_before = faults_.size();
    check_filled_in(member, usual, part);
    for (std::size_t i = 0; i < profile_.failure_variants.size() && faults_.size() == faults_before; ++i) {
      const std::string failing = with_custom_fields(text, profile_.fields, profile_.failure_variants[i].fields);
      if (failing != usual) check_filled_in(fmt::format("fail[{}].fields", i), failing, part);
    }
  }

  void check_filled_in(const std::string& member, const std::string& text, Part part) {
    const auto parsed = parse_template(text, names_);
    if (!parsed) return add(member, parsed.error().message);
    for (const TemplatePiece& piece : *parsed) check_piece(member, piece, part);
  }

  void check_piece(const std::string& member, const TemplatePiece& piece, Part part) {
    const bool is_outside = part == Part::set_up || part == Part::log_in;
    const bool is_user = piece.field == TemplateField::user || piece.field == TemplateField::user_json;
    if ((is_outside && is_of_order(piece.field)) || (part == Part::set_up && is_user))
      return add(member, fmt::format("'{{{}}}' is not allowed here: it belongs to an order", to_string(piece.field)));
    if (piece.field == TemplateField::items && part != Part::create)
      return add(member, "'{items}' is not allowed here: it belongs to the body of [create]");
    if (piece.field == TemplateField::order && (!has_order_ || is_outside))
      return add(member, "'{order}' is not allowed here: there is no order yet");
    check_argument(member, piece, part);
  }

  void check_argument(const std::string& member, const TemplatePiece& piece, Part part) {
    switch (piece.field) {
      case TemplateField::now:
        if (const auto text = parse_clock_text(piece.text); !text) add(member, text.error().message);
        return;
      case TemplateField::random:
        if (const auto text = parse_random_text(piece.text); !text) add(member, text.error().message);
        return;
      case TemplateField::env:
        if (find_text(journey_, piece.field, piece.text) == nullptr)
          add(member, fmt::format("the environment has no variable {}", piece.text));
        return;
      case TemplateField::file:
        if (find_text(journey_, piece.field, piece.text) == nullptr)
          add(member, fmt::format("the file {} cannot be read", piece.text));
        return;
      case TemplateField::data:
        check_column(member, piece);
        if (part == Part::set_up) add(member, "data files are for journeys and log-ins, not for requests sent once");
        return;
      case TemplateField::kept:
        check_kept(member, piece.text, part);
        return;
      default:
        return;
    }
  }

  void check_kept(const std::string& member, const std::string& name, Part part) {
    const KeptScope scope = find_kept(journey_, name)->scope;
    const bool is_too_narrow =
        (part == Part::set_up && scope != KeptScope::run) || (part == Part::log_in && scope == KeptScope::journey);
    if (is_too_narrow || !known_.contains(name))
      add(member, fmt::format("'{{{}}}' is not allowed here: it is kept by a later step", name));
  }

  void check_column(const std::string& member, const TemplatePiece& piece) {
    const DataTable* table = find_table(journey_, piece.table);
    const bool was_read = !table->columns.empty();
    if (!was_read || table->find_column(piece.text)) return;
    const std::string near = nearest(piece.text, table->columns);
    add(member, fmt::format("the data '{}' has no column '{}'{}", table->name, piece.text,
                            near.empty() ? fmt::format("; it has {}", fmt::join(table->columns, ", "))
                                         : fmt::format("; did you mean '{}'?", near)));
  }

  const Profile& profile_;
  const Journey& journey_;
  const TemplateNames names_;
  std::vector<std::string> faults_;
  std::set<std::string> step_names_, known_;
  bool has_order_ = false;
};

}  // namespace

std::vector<std::string> journey_faults(const Profile& profile) {
  return JourneyCheck(profile).faults();
}

}  // namespace sagactl
