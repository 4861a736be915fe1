#include "server/saga/compile_definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "server/saga/dtm_definition.hpp"
#include "server/saga/lra_definition.hpp"

namespace sagactl {
namespace {

// The step's deadline is there for a call whose answer is lost; a caller answers within twice the call's time limit.
constexpr Duration answer_margin = 5s;

Error wrong(const std::string& where, const std::string& what) {
  return Error{ErrorCode::invalid, fmt::format("{}: {}", where, what)};
}

std::string text_of(const Json& object, const char* name) {
  return text_or_empty(object, name);
}

Result<void> read_duration_into(const Json& object, const char* name, const std::string& where, Duration& into) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  const auto duration = read_duration(*found);
  if (!duration) return wrong(where + "." + name, duration.error().message);
  into = *duration;
  return {};
}

class Compiler {
 public:
  Compiler(const Json& json, SagaDefinition& out) : json_(json), out_(out) {}

  Result<void> compile() {
    if (!json_.is_object()) return wrong("definition", "is no object");
    out_.name = text_of(json_, "saga");
    if (out_.name.empty()) return wrong("saga", "the definition has no name");
    out_.timeout = Duration::max();
    if (auto done = read_duration_into(json_, "timeout", "definition", out_.timeout); !done) return done;
    if (const auto search = json_.find("search"); search != json_.end())
      for (const Json& each : *search)
        if (each.is_string()) out_.search.push_back(each.get<std::string>());
    if (const auto result = json_.find("result"); result != json_.end()) out_.result = json_template(*result);
    if (auto done = read_participants(); !done) return done;
    return read_steps();
  }

 private:
  Result<void> read_participants() {
    const auto all = json_.find("participants");
    if (all == json_.end()) return {};
    if (!all->is_object()) return wrong("participants", "is no object");
    for (const auto& [name, json] : all->items()) {
      const std::string where = "participants." + name;
      if (!json.is_object()) return wrong(where, "is no object");
      ParticipantDefinition& it = out_.participants.emplace_back();
      it.name = name;
      it.url = text_of(json, "url");
      while (it.url.ends_with('/')) it.url.pop_back();
      it.topic = text_of(json, "kafka");
      it.ca = text_of(json, "ca");
      it.certificate = text_of(json, "certificate");
      it.key = text_of(json, "key");
      it.secret = text_of(json, "secret");
      if (it.url.empty() == it.topic.empty()) return wrong(where, "needs either url or kafka");
      if (const auto found = json.find("concurrency"); found != json.end() && found->is_number_unsigned())
        it.concurrency = std::clamp<std::size_t>(found->get<std::size_t>(), 1, 1'000);
      if (auto done = read_duration_into(json, "timeout", where, it.timeout); !done) return done;
      if (const auto retry = json.find("retry"); retry != json.end() && retry->is_object()) {
        if (auto done = read_duration_into(*retry, "first", where + ".retry", it.retry.first); !done) return done;
        if (auto done = read_duration_into(*retry, "cap", where + ".retry", it.retry.cap); !done) return done;
        if (auto done = read_duration_into(*retry, "budget", where + ".retry", it.retry.budget); !done) return done;
      }
    }
    for (std::size_t i = 0; i < out_.participants.size(); ++i)
      if (auto done = read_rehearsal_hooks((*all)[out_.participants[i].name], i); !done) return done;
    return {};
  }

  Result<void> read_rehearsal_hooks(const Json& json, std::size_t participant) {
    const std::string where = "participants." + out_.participants[participant].name;
    const auto read = [&](const Json& request, const std::string& name, RequestTemplate& out) -> Result<void> {
      std::string shown;
      const auto at = read_request(request, where + name, out, shown, {});
      if (!at) return at.error();
      if (*at != participant) return wrong(where + name, "is a request to another participant");
      return {};
    };
    if (const auto probe = json.find("probe"); probe != json.end() && probe->is_object()) {
      EffectProbe out;
      if (auto done = read(*probe, ".probe", out.request); !done) return done;
      out.count = text_of(*probe, "count");
      out_.participants[participant].probe = std::move(out);
    }
    if (const auto advance = json.find("advance"); advance != json.end() && advance->is_object()) {
      RequestTemplate out;
      if (auto done = read(*advance, ".advance", out); !done) return done;
      out_.participants[participant].advance = std::move(out);
    }
    return {};
  }

  Result<void> read_steps() {
    const auto all = json_.find("steps");
    if (all == json_.end() || !all->is_array() || all->empty()) return wrong("steps", "the saga has no steps");
    if (all->size() > steps_max) return wrong("steps", fmt::format("the saga has more than {} steps", steps_max));
    std::set<std::string> names;
    for (const Json& json : *all) {
      const std::string name = text_of(json, "name");
      if (name.empty()) return wrong(fmt::format("steps[{}]", out_.steps.size()), "the step has no name");
      if (!names.insert(name).second) return wrong("steps." + name, "another step has that name");
      out_.steps.push_back({.name = name});
    }
    for (std::size_t i = 0; i < all->size(); ++i)
      if (auto done = read_step((*all)[i], out_.steps[i]); !done) return done;
    if (has_circle(out_)) return wrong("steps", "steps come after one another in a circle");
    out_.pivot = SagaDefinition::no_pivot;
    if (const std::string pivot = text_of(json_, "pivot"); !pivot.empty()) {
      const auto index = index_of(pivot);
      if (!index) return wrong("pivot", fmt::format("there is no step {}", pivot));
      out_.pivot = *index;
    }
    return {};
  }

  std::optional<std::size_t> index_of(std::string_view name) const {
    for (std::size_t i = 0; i < out_.steps.size(); ++i)
      if (out_.steps[i].name == name) return i;
    return std::nullopt;
  }

  Result<void> read_step(const Json& json, StepDefinition& step) {
    const std::string where = "steps." + step.name;
    if (const auto after = json.find("after"); after != json.end()) {
      if (!after->is_array()) return wrong(where + ".after", "is no list");
      step.after.emplace();
      for (const Json& each : *after) {
        const auto index = each.is_string() ? index_of(each.get<std::string>()) : std::nullopt;
        if (!index) return wrong(where + ".after", fmt::format("there is no step {}", json_text(each)));
        step.after->push_back(*index);
      }
    }
    if (const auto sleep = json.find("sleep"); sleep != json.end()) {
      step.kind = StepKind::sleep;
      step.action = "sleep";
      return read_duration_into(json, "sleep", where, step.waits);
    }
    if (const auto wait = json.find("wait"); wait != json.end()) {
      step.kind = StepKind::wait;
      step.action = "wait";
      return wait->is_object() ? read_duration_into(*wait, "for", where + ".wait", step.waits) : Result<void>{};
    }
    const auto call = json.find("call");
    if (call == json.end() || !call->is_object()) return wrong(where, "needs one of call, wait and sleep");
    return read_call(json, *call, step, where);
  }

  Result<void> read_call(const Json& json, const Json& call, StepDefinition& step, const std::string& where) {
    step.kind = StepKind::call;
    auto out = std::make_shared<ParticipantStep>();
    auto participant = read_request(call, where + ".call", out->perform, step.action, text_of(call, "participant"));
    if (!participant) return participant.error();
    out->participant = *participant;
    const ParticipantDefinition& called = out_.participants[*participant];
    if (const auto undo = json.find("undo"); undo != json.end() && undo->is_object()) {
      out->undo_refused = text_of(*undo, "also") == "refused";
      const auto same = read_request(*undo, where + ".undo", out->undo.emplace(), step.compensation, called.name);
      if (!same) return same.error();
      if (*same != *participant) out->undo_participant = *same;
      step.compensated_as = step.name;
    }
    if (const auto ask = json.find("ask"); ask != json.end() && ask->is_object()) {
      std::string shown;
      const auto same = read_request(*ask, where + ".ask", out->ask.emplace(), shown, called.name);
      if (!same) return same.error();
      if (*same != *participant) return wrong(where + ".ask", "asks another participant than it calls");
    }
    if (const auto keep = json.find("keep"); keep != json.end() && keep->is_object())
      for (const auto& [name, pointer] : keep->items())
        if (pointer.is_string()) out->keep.emplace_back(name, pointer.get<std::string>());
    const auto read_codes = [&](const char* name, std::vector<std::string>& codes) {
      const auto found = json.find(name);
      if (found == json.end() || !found->is_array()) return;
      for (const Json& code : *found) codes.push_back(code.is_string() ? code.get<std::string>() : json_text(code));
    };
    read_codes("done", out->rules.done);
    read_codes("refused", out->rules.refused);
    read_codes("again", out->rules.again);
    const ParticipantDefinition& undoes = out_.participants[out->undo_participant.value_or(*participant)];
    step.timeout = 2 * std::max(called.timeout, undoes.timeout) + answer_margin;
    step.retry = called.retry;
    step.compensation_retry = undoes.retry;
    step.call = std::move(out);
    return {};
  }

  // The index of the participant. `shown`: the request as people see it, "POST {hotel}/bookings".
  Result<std::size_t> read_request(const Json& json, const std::string& where, RequestTemplate& out, std::string& shown,
                                   const std::string& default_participant) {
    if (const auto body = json.find("body"); body != json.end()) out.body = json_template(*body);
    if (const std::string command = text_of(json, "command"); !command.empty()) {
      out.command = shown = command;
      return participant_for_message(default_participant, where);
    }
    for (const char* method : {"get", "post", "put", "patch", "delete"}) {
      const std::string url = text_of(json, method);
      if (url.empty()) continue;
      for (const char* c = method; *c != 0; ++c) out.method += static_cast<char>(*c - 'a' + 'A');
      shown = out.method + " " + url;
      for (std::size_t i = 0; i < out_.participants.size(); ++i) {
        const std::string prefix = "{" + out_.participants[i].name + "}";
        if (!url.starts_with(prefix)) continue;
        if (out_.participants[i].url.empty())
          return wrong(where, fmt::format("{} has no url: it is asked by message", out_.participants[i].name));
        out.url = url_template(std::string_view(url).substr(prefix.size()));
        return i;
      }
      return wrong(where, fmt::format("'{}' does not begin with a participant in braces", url));
    }
    return wrong(where, "needs a method (get, post, put, patch, delete) or a command");
  }

  Result<std::size_t> participant_for_message(const std::string& name, const std::string& where) const {
    std::optional<std::size_t> only;
    for (std::size_t i = 0; i < out_.participants.size(); ++i) {
      if (out_.participants[i].topic.empty()) continue;
      if (out_.participants[i].name == name) return i;
      if (only && name.empty())
        return wrong(where, "several participants are asked by message: name one by `participant`");
      only = i;
    }
    if (!only || !name.empty()) return wrong(where, "no participant of that name is asked by message");
    return *only;
  }

  const Json& json_;
  SagaDefinition& out_;
};

}  // namespace

Result<Duration> read_duration(const Json& value) {
  const Error error{ErrorCode::invalid,
                    fmt::format("{} is no duration such as 500ms, 3s, 15m, 24h or 2d", json_text(value))};
  if (value.is_number()) {
    const double seconds = value.get<double>();
    if (!(seconds >= 0) || seconds > 1e9) return error;
    return Duration{static_cast<std::int64_t>(std::llround(seconds * 1e6))};
  }
  if (!value.is_string()) return error;
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > 1 && text.back() == 'd') {
    const auto days = parse_duration(text.substr(0, text.size() - 1) + "h");
    if (!days || days->count() > std::int64_t{1'000'000} * 3600 * 1'000'000) return error;
    return *days * 24;
  }
  const auto duration = parse_duration(text);
  if (!duration) return error;
  return *duration;
}

std::string canonical_text(const Json& definition) {
  return json_text(definition);
}

Result<DefinitionPointer> compile_definition(std::string_view text, int version) {
  const Json json = read_json(text);
  if (json.is_discarded()) return Error{ErrorCode::invalid, "the definition is no JSON"};
  const bool is_dtm = json.is_object() && json.contains("dtm");
  if (is_dtm || (json.is_object() && json.contains("lra"))) {
    auto compiled = is_dtm ? compile_dtm_definition(json) : compile_lra_definition(json);
    if (!compiled) return compiled.error();
    compiled->text = text;
    if (is_dtm) compiled->version = version;
    return std::make_shared<const SagaDefinition>(std::move(*compiled));
  }
  auto out = std::make_shared<SagaDefinition>();
  out->text = text;
  out->version = version;
  if (auto done = Compiler(json, *out).compile(); !done) return done.error();
  return DefinitionPointer(std::move(out));
}

}  // namespace sagactl
