#include "server/saga/lra_definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/text/percent.hpp"

namespace sagactl {
namespace {

// A participant of Narayana's coordinator has 2 s; one that is slower than 5 s is asked about, or called again.
constexpr Duration call_timeout = 5s, lra_answer_margin = 5s;
constexpr RetryPolicy retries{.first = 200ms, .cap = 30s, .budget = 24h};
constexpr int encodings_max = 2;  // of an id in a query: by a client, and by its library

using UrlMember = std::string LraLinks::*;
struct NamedUrl {
  const char* name;
  UrlMember member;
};
constexpr std::array urls = {
    NamedUrl{"compensate", &LraLinks::compensate}, NamedUrl{"complete", &LraLinks::complete},
    NamedUrl{"status", &LraLinks::status},         NamedUrl{"forget", &LraLinks::forget},
    NamedUrl{"after", &LraLinks::after},           NamedUrl{"participant", &LraLinks::participant}};

bool acts(const LraLinks& links) {
  return !links.compensate.empty() || !links.complete.empty();
}

// Whether it may have to compensate after it has completed, and hears when it need not any more.
bool is_told_to_forget_in_the_end(const LraDefinition& lra, const LraParticipant& participant) {
  const LraLinks& links = participant.links;
  return !links.compensate.empty() && !links.forget.empty() && (lra.is_nested() || participant.nested);
}

std::size_t first_participant_step(const LraDefinition& lra) {
  return lra.is_nested() ? lra_parent_step_index + 1 : 1;
}

// Builds without nested LRAs recognize one by this member, which comes first: sql/postgres/0014_nested_lras.sql.
bool is_of_nesting(const LraDefinition& lra) {
  return lra.is_nested() || std::any_of(lra.participants.begin(), lra.participants.end(),
                                        [](const LraParticipant& each) { return each.nested.has_value(); });
}

std::int64_t integer_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

Json participant_json(const LraParticipant& participant) {
  Json json = Json::object();
  for (const NamedUrl& url : urls)
    if (!(participant.links.*url.member).empty()) json[url.name] = participant.links.*url.member;
  if (!participant.data.empty()) json["data"] = participant.data;
  if (participant.nested) json["nested"] = participant.nested->text();
  json["joined"] = participant.joined_at.us;
  if (participant.has_left()) json["left"] = participant.left_at.us;
  return json;
}

LraParticipant read_participant(const Json& json) {
  LraParticipant out;
  for (const NamedUrl& url : urls) out.links.*url.member = text_or_empty(json, url.name);
  out.data = text_or_empty(json, "data");
  if (const auto nested = SagaId::parse(text_or_empty(json, "nested"))) out.nested = *nested;
  out.joined_at.us = integer_in(json, "joined");
  out.left_at.us = integer_in(json, "left");
  return out;
}

Result<LraDefinition> read_lra(const Json& definition) {
  const auto found = definition.find("lra");
  if (found == definition.end() || !found->is_object())
    return Error{ErrorCode::bug, "the stored definition of an LRA cannot be read"};
  LraDefinition out;
  out.coordinator = text_or_empty(*found, "coordinator");
  out.limit = Duration{integer_in(*found, "limit")};
  if (const auto nesting = found->find("nesting"); nesting != found->end() && nesting->is_object()) {
    out.parent = text_or_empty(*nesting, "parent");
    out.level = static_cast<int>(integer_in(*nesting, "level"));
  }
  if (const auto all = found->find("participants"); all != found->end() && all->is_array())
    for (const Json& each : *all) out.participants.push_back(read_participant(each));
  return out;
}

class LraCompiler {
 public:
  explicit LraCompiler(LraDefinition lra) : lra_(std::move(lra)) {}

  SagaDefinition compile() {
    out_.name = lra_saga;
    out_.version = lra_.is_nested() ? nested_lra_version : lra_version;
    out_.protocol = Protocol::lra;
    out_.is_inline = true;
    out_.timeout = Duration::max();
    out_.pivot = 0;
    out_.search = {"clientId"};
    out_.steps.push_back(waiting_step(lra_active_step));
    if (lra_.limit > Duration{}) out_.steps.front().waits = lra_.limit;
    if (lra_.is_nested()) out_.steps.push_back(waiting_step(lra_parent_step));
    for (const LraParticipant& each : lra_.participants) {
      if (acts(each.links)) out_.steps.push_back(acting_step(each));
      if (!each.links.after.empty()) out_.steps.push_back(listening_step(each));
      if (is_told_to_forget_in_the_end(lra_, each)) out_.steps.push_back(forgetting_step(each));
    }
    out_.lra = std::make_shared<const LraDefinition>(std::move(lra_));
    return std::move(out_);
  }

 private:
  StepDefinition waiting_step(std::string_view name) const {
    StepDefinition step{.name = std::string(name), .action = "wait"};
    step.kind = StepKind::wait;
    step.listed = false;
    step.after.emplace();
    if (!out_.steps.empty()) step.after->push_back(0);
    return step;
  }

  StepDefinition called_step() const {
    StepDefinition step{.name = lra_step_name(out_.steps.size())};
    step.compensated_as = step.name;
    step.kind = StepKind::call;
    step.timeout = 2 * call_timeout + lra_answer_margin;
    step.retry = step.compensation_retry = retries;
    step.after = {0};
    return step;
  }

  // One that has left has nothing to do and nothing to undo. A step that calls nobody is done without an event, and so
  // is not listed.
  StepDefinition acting_step(const LraParticipant& participant) {
    StepDefinition step = called_step();
    const LraLinks& links = participant.links;
    const bool has_left = participant.has_left();
    step.action = has_left ? "left" : links.complete.empty() ? "nothing" : links.complete;
    step.listed = !has_left && !links.complete.empty();
    auto call = std::make_shared<ParticipantStep>();
    if (!has_left) {
      if (!links.complete.empty()) call->perform = request("PUT", links.complete, participant, call->participant);
      if (!links.compensate.empty()) {
        step.compensation = links.compensate;
        call->undo = request("PUT", links.compensate, participant, call->undo_participant.emplace());
      }
      std::size_t same_server = 0;
      if (!links.status.empty() && !participant.nested)
        call->ask = request("GET", links.status, participant, same_server);
      if (!links.forget.empty() && !participant.nested)
        call->forget = request("DELETE", links.forget, participant, same_server);
    }
    step.call = std::move(call);
    return step;
  }

  StepDefinition listening_step(const LraParticipant& participant) {
    StepDefinition step = called_step();
    auto call = std::make_shared<ParticipantStep>();
    call->part = LraPart::listens;
    step.action = "left";
    step.listed = !participant.has_left();
    if (step.listed) {
      step.action = step.compensation = participant.links.after;
      call->perform = request("PUT", participant.links.after, participant, call->participant);
      call->undo = call->perform;
    }
    step.call = std::move(call);
    return step;
  }

  // Nothing undoes it: it is done once nothing can be undone any more.
  StepDefinition forgetting_step(const LraParticipant& participant) {
    StepDefinition step = called_step();
    auto call = std::make_shared<ParticipantStep>();
    call->part = LraPart::forgets;
    step.action = "left";
    step.listed = !participant.has_left();
    if (step.listed) {
      step.action = participant.links.forget;
      call->perform = request("DELETE", participant.links.forget, participant, call->participant);
    }
    step.call = std::move(call);
    return step;
  }

  // The whole URL; its server becomes a participant, unless no request is sent.
  RequestTemplate request(const char* method, const std::string& url, const LraParticipant& of,
                          std::size_t& participant) {
    const std::string sendable = sendable_url(url);
    RequestTemplate out;
    out.method = method;
    out.url.push_back({sendable, std::nullopt, TextEscape::plain});
    participant = of.nested ? ParticipantStep::no_participant : server_of(sendable);
    return out;
  }

  std::size_t server_of(const std::string& sendable) {
    const auto host = sendable.find("://");
    const std::string origin = sendable.substr(0, sendable.find_first_of("/?", host == sendable.npos ? 0 : host + 3));
    std::size_t participant = 0;
    while (participant < out_.participants.size() && out_.participants[participant].url != origin) ++participant;
    if (participant == out_.participants.size()) {
      ParticipantDefinition& it = out_.participants.emplace_back();
      it.name = it.url = origin;
      it.timeout = call_timeout;
    }
    return participant;
  }

  LraDefinition lra_;
  SagaDefinition out_;
};

std::string_view before_compensate(std::string_view url) {
  constexpr std::string_view end = "/compensate";
  return url.ends_with(end) ? url.substr(0, url.size() - end.size()) : std::string_view();
}

}  // namespace

std::string lra_id(const LraDefinition& lra, SagaId saga) {
  std::string id = fmt::format("{}/{}", lra.coordinator, saga.text());
  if (lra.is_nested()) id += fmt::format("?ParentLRA={}", percent_encode(lra.parent));
  return id;
}

std::optional<SagaId> saga_of_lra_id(std::string_view id) {
  std::string text(id);
  for (int i = 0; i < encodings_max && text.find('/') == text.npos; ++i)
    if (auto decoded = percent_decode(text)) text = std::move(*decoded);
  std::string_view last = std::string_view(text).substr(0, text.find('?'));
  if (const auto slash = last.rfind('/'); slash != last.npos) last.remove_prefix(slash + 1);
  return SagaId::parse(last);
}

LraLinks links_of_nested(const LraDefinition& lra, SagaId saga) {
  const std::string url = fmt::format("{}/nested/{}/", lra.coordinator, saga.text());
  LraLinks links;
  links.compensate = url + "compensate";
  links.complete = url + "complete";
  links.status = url + "status";
  links.forget = url + "forget";
  return links;
}

Json lra_definition_json(const LraDefinition& lra) {
  Json participants = Json::array();
  for (const LraParticipant& each : lra.participants) participants.push_back(participant_json(each));
  Json json = Json::object();
  if (is_of_nesting(lra)) {
    json["nesting"]["level"] = lra.level;
    if (lra.is_nested()) json["nesting"]["parent"] = lra.parent;
  }
  json["coordinator"] = lra.coordinator;
  if (lra.limit > Duration{}) json["limit"] = lra.limit.count();
  json["participants"] = std::move(participants);
  return Json{{"lra", std::move(json)}};
}

std::optional<std::size_t> find_lra_participant(const LraDefinition& lra, const LraLinks& links) {
  for (std::size_t i = 0; i < lra.participants.size(); ++i)
    if (!lra.participants[i].has_left() && lra.participants[i].links == links) return i;
  return std::nullopt;
}

std::optional<std::size_t> find_lra_participant(const LraDefinition& lra, std::string_view url) {
  if (url.empty()) return std::nullopt;
  for (std::size_t i = 0; i < lra.participants.size(); ++i) {
    const LraLinks& links = lra.participants[i].links;
    const bool is_named =
        std::any_of(urls.begin(), urls.end(), [&](const NamedUrl& it) { return links.*it.member == url; });
    if (!lra.participants[i].has_left() && (is_named || before_compensate(links.compensate) == url)) return i;
  }
  return std::nullopt;
}

std::size_t lra_steps_of(const LraDefinition& lra, const LraParticipant& participant) {
  return std::size_t{acts(participant.links)} + std::size_t{!participant.links.after.empty()} +
         std::size_t{is_told_to_forget_in_the_end(lra, participant)};
}

std::size_t first_lra_step(const LraDefinition& lra, std::size_t participant) {
  std::size_t step = first_participant_step(lra);
  for (std::size_t i = 0; i < participant; ++i) step += lra_steps_of(lra, lra.participants[i]);
  return step;
}

std::size_t lra_participant_of(const LraDefinition& lra, std::size_t step) {
  std::size_t participant = 0, next = first_participant_step(lra);
  for (; participant + 1 < lra.participants.size(); ++participant) {
    next += lra_steps_of(lra, lra.participants[participant]);
    if (step < next) break;
  }
  return participant;
}

std::string lra_step_name(std::size_t step) {
  return fmt::format("{:02}", step);
}

std::string sendable_url(std::string_view url) {
  constexpr std::string_view never = "\"<>\\^`{|}";
  std::string out;
  for (const char c : url.substr(0, url.find('#'))) {
    const bool is_fit = c > ' ' && c < 0x7F && never.find(c) == never.npos;
    if (is_fit)
      out += c;
    else
      out += percent_encode(std::string_view(&c, 1));
  }
  return out;
}

Result<SagaDefinition> compile_lra_definition(const Json& definition) {
  auto lra = read_lra(definition);
  if (!lra) return lra.error();
  const std::size_t steps = first_lra_step(*lra, lra->participants.size());
  if (steps > steps_max)
    return Error{ErrorCode::invalid, fmt::format("the LRA has {} steps; at most {}", steps, steps_max)};
  return LraCompiler(std::move(*lra)).compile();
}

}  // namespace sagactl
