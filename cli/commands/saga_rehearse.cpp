// `sagactl saga rehearse`: tries what can go wrong in a saga, against its participants. docs/participants.md
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>

#include "analysis/result/result.hpp"
#include "cli/client/mistakes.hpp"
#include "cli/commands/saga_commands.hpp"
#include "cli/commands/saga_lint.hpp"
#include "cli/configuration/paths.hpp"
#include "cli/dependencies/probe_sql.hpp"
#include "cli/flag.hpp"
#include "cli/results/report_files.hpp"
#include "cli/results/result_origin.hpp"
#include "common/log.hpp"
#include "common/text/text.hpp"
#include "rehearsal/participant_probe.hpp"
#include "rehearsal/rehearsal.hpp"
#include "rehearsal/rehearsal_definition.hpp"
#include "server/adapters/participants/http_participant_caller.hpp"
#include "server/adapters/simulated/stand_ins.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/definitions/input_schema.hpp"
#include "server/definitions/read_definition.hpp"

namespace sagactl {
namespace {

struct RehearseFlags {
  std::string file, input = "{}";
  std::map<std::string, std::string> answers;  // of waits, by step
  std::map<std::string, std::string> urls;     // by participant
  std::vector<std::string> allow;
  std::string files;
  std::vector<SqlProbeText> sql_probes;
  bool stand_ins = false;
  std::int64_t at_once = 4;
  ReportFiles reports;
};

void show_progress(const Invocation& invocation, const Verdict& verdict, std::size_t done, std::size_t all) {
  if (invocation.settings.quiet || invocation.wants_json()) return;
  const std::string ruling(to_string(verdict.ruling));
  const Paint& paint = invocation.paint;
  const std::string shown = verdict.ruling == Ruling::pass   ? paint.good(ruling)
                            : verdict.ruling == Ruling::fail ? paint.bad(ruling)
                                                             : paint.warning(ruling);
  invocation.terminal.err << fmt::format("{:>3}/{} {} {}\n", done, all, shown, verdict.name) << std::flush;
}

// The participants that steps call, and of which neither a probe nor SQL says what is in effect.
std::vector<std::string> uncounted(const SagaDefinition& definition, const SqlProbes& sql_probes) {
  std::vector<std::string> names;
  for (const std::size_t i : called_participants(definition)) {
    const ParticipantDefinition& each = definition.participants[i];
    if (!each.probe && !sql_probes.has(each.name)) names.push_back(each.name);
  }
  return names;
}

void explain_unknown(const Invocation& invocation, const std::vector<std::string>& without_count) {
  if (without_count.empty()) return;
  const std::string& first = without_count.front();
  invocation.info(fmt::format(
      "nothing counts what {} {} in effect, so that verdicts about repeated calls are UNKNOWN: give it a probe in the "
      "definition, such as `probe: {{ get: \"{{{}}}/bookings?saga={{saga.id}}\", count: /total }}`, or count in its "
      "database with --probe-sql '{}=DATABASE QUERY'",
      join(without_count, ", "), without_count.size() > 1 ? "have" : "has", first, first));
}

Result<ExitCode> conclude(Invocation& invocation, const RehearseFlags& flags, const std::vector<Verdict>& verdicts,
                          const std::vector<std::string>& without_count = {}) {
  Json result = verify_json(result_origin(invocation), verdicts, wall_clock_now());
  result["kind"] = "rehearsal";
  result["saga"] = flags.file;
  show_result(invocation, result);
  const auto is_unknown = [](const Verdict& verdict) { return verdict.ruling == Ruling::unknown; };
  if (std::any_of(verdicts.begin(), verdicts.end(), is_unknown)) explain_unknown(invocation, without_count);
  return exit_code_after_reports(invocation, write_reports(invocation, flags.reports, result),
                                 exit_code_of(end_of(verdicts)));
}

std::vector<std::string> asked_by_message(const SagaDefinition& definition) {
  std::vector<std::string> names;
  for (const ParticipantDefinition& each : definition.participants)
    if (!each.topic.empty()) names.push_back(each.name);
  return names;
}

Error no_message_participants(const std::vector<std::string>& names) {
  return with_hint(
      Error{ErrorCode::invalid,
            fmt::format("a rehearsal calls participants over HTTP alone, and {} asked by message: {}",
                        names.size() > 1 ? "these are" : "this one is", join(names, ", "))},
      fmt::format("rehearse this saga with --stand-ins, or give the address of one that does the same over HTTP with "
                  "--participants {}=URL",
                  names.front()));
}

// What a rehearsal cannot do without, before anything is tried.
Result<void> check_participants(const DefinitionPointer& definition, HttpParticipantCaller& caller) {
  if (auto may_call = caller.check(*definition); !may_call) return may_call.error();
  auto reached = reach_participants(definition, caller);
  if (reached) return {};
  return with_hint(reached.error(),
                   "start it, or give its address with --participants NAME=URL; --stand-ins tries the definition "
                   "without participants");
}

// As a node checks it when it starts a saga.
Result<void> check_input(const DefinitionPointer& definition, const Json& input) {
  InputSchemas schemas;
  const auto schema = schemas.of(definition);
  const auto problems = schema ? schema->validate(input) : std::vector<SchemaProblem>{};
  if (problems.empty()) return {};
  Json errors = Json::array();
  for (const SchemaProblem& problem : problems)
    errors.push_back(Json{{"path", problem.path}, {"message", problem.message}, {"hint", problem.hint}});
  return with_hint(with_mistakes(Error{ErrorCode::invalid, "", Json{{"errors", std::move(errors)}}}, "the input"),
                   "give the input of the rehearsed sagas with --input");
}

Result<WaitAnswers> read_answers(Invocation& invocation, const std::map<std::string, std::string>& texts,
                                 const SagaDefinition& definition) {
  WaitAnswers answers;
  for (const auto& [step, text] : texts) {
    const auto answer = read_saga_input(invocation, "--answer", text);
    if (!answer) return answer.error();
    answers[step] = json_text(*answer);
  }
  if (const auto right = check_answers(definition, answers); !right)
    return Error{ErrorCode::invalid, "--answer: " + right.error().message};
  return answers;
}

Result<ExitCode> run_rehearsal(Invocation& invocation, const RehearseFlags& flags) {
  if (auto checked = check_report_files(invocation, flags.reports); !checked) return checked.error();
  const auto text = read_definition_file(invocation, flags.file);
  if (!text) return text.error();
  const DefinitionRead read = read_definition(*text, flags.file);
  if (!read.canonical || has_mistake(read.problems)) {
    print_problems(invocation, flags.file, *text, read.problems);
    return ExitCode::refused;
  }
  const auto input = read_saga_input(invocation, "--input", flags.input);
  if (!input) return input.error();
  const auto definition = rehearsal_definition(*read.canonical, flags.urls);
  if (!definition) return definition.error();
  if (const auto names = asked_by_message(**definition); !names.empty() && !flags.stand_ins)
    return no_message_participants(names);
  const auto sql_probes = SqlProbes::of(invocation, flags.sql_probes, **definition);
  if (!sql_probes) return sql_probes.error();
  if (const auto fits = check_input(*definition, *input); !fits) return fits.error();
  auto answers = read_answers(invocation, flags.answers, **definition);
  if (!answers) return answers.error();
  if (auto checked = check_participants_files(invocation.environment, flags.files); !checked) return checked.error();

  set_log_level(LogLevel::error);  // the nodes of the trials stop and start all the time
  RehearsalOptions options;
  options.input = json_text(*input);
  options.answers = std::move(*answers);
  options.at_once = static_cast<int>(flags.at_once);
  options.on_verdict = [&](const Verdict& verdict, std::size_t done, std::size_t all) {
    show_progress(invocation, verdict, done, all);
  };
  const std::stop_token stop = invocation.interrupt.take_over();
  options.is_interrupted = [stop] { return stop.stop_requested(); };

  if (flags.stand_ins) {
    StandIns participants;
    const auto count = [&](const Saga& saga, std::size_t i) -> Result<std::optional<std::int64_t>> {
      return std::optional(participants.in_effect(saga.id, i));
    };
    return conclude(invocation, flags, rehearse(*definition, participants, count, options));
  }
  const auto clock = make_system_clock();
  ParticipantCallerOptions caller_options;
  caller_options.allow = flags.allow;
  caller_options.files = flags.files;
  auto caller = make_participant_caller(caller_options, *clock);
  if (!caller) return caller.error();
  if (auto checked = check_participants(*definition, **caller); !checked) return checked.error();
  const auto count = [&](const Saga& saga, std::size_t i) -> Result<std::optional<std::int64_t>> {
    const std::string& name = (*definition)->participants[i].name;
    if (!sql_probes->has(name)) return count_effects(saga, i, **caller);
    const auto counted = sql_probes->count(name, saga.id);
    return counted ? Result<std::optional<std::int64_t>>(*counted) : counted.error();
  };
  return conclude(invocation, flags, rehearse(*definition, **caller, count, options),
                  uncounted(**definition, *sql_probes));
}

// "hotel=http://127.0.0.1:8081". `form` says how it has to be.
Result<void> take_named(std::map<std::string, std::string>& into, const std::string& text, std::string_view form) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return Error{ErrorCode::invalid, fmt::format("'{}' is not {}", text, form)};
  into[text.substr(0, equals)] = text.substr(equals + 1);
  return {};
}

Result<void> take_sql_probe(RehearseFlags& flags, const std::string& text) {
  auto probe = parse_sql_probe(text);
  if (!probe) return probe.error();
  flags.sql_probes.push_back(*std::move(probe));
  return {};
}

}  // namespace

void add_saga_rehearse(CLI::App& group, Commands& commands) {
  const auto flags = std::make_shared<RehearseFlags>();
  CLI::App* app = add_command(
      group, "rehearse", "Try lost answers, repeated, late and interrupted calls of a saga against its participants");
  add_text(*app, "file", flags->file, "FILE", "YAML or JSON file of the definition; - is standard input").required();
  add_text(*app, "--input", flags->input, "JSON|@FILE|-", "Input of the sagas [{}]");
  add_flag_with(
      *app, "--answer",
      [flags](const std::string& text) {
        return take_named(flags->answers, text, R"(STEP=JSON, such as approval={"by":"kim"})");
      },
      "STEP=JSON|STEP=@FILE", "Answer to a wait, where a made-up one will not do; may be repeated")
      .repeatable(100);
  add_flag_with(
      *app, "--participants",
      [flags](const std::string& text) {
        return take_named(flags->urls, text, "NAME=URL, such as hotel=http://127.0.0.1:8081");
      },
      "NAME=URL", "Address of a participant, instead of the definition's; may be repeated")
      .repeatable(100);
  add_flag_with(
      *app, "--probe-sql", [flags](const std::string& text) { return take_sql_probe(*flags, text); },
      "NAME=DATABASE QUERY",
      "Count with SQL what a saga (:saga) has in effect at a participant, instead of with its probe; may be repeated")
      .repeatable(100);
  add_switch(*app, "--stand-ins", flags->stand_ins, "Rehearse against simulated participants in memory");
  add_text(*app, "--participants-allow", flags->allow, "LIST", "Servers that may be called [this machine's]")
      .separated_by(',');
  add_text(*app, "--participants-files", flags->files, "DIR", "Directory of the files that the definition names");
  add_number(*app, "--at-once", flags->at_once, 1, 64, "Trials at once [4]");
  add_report_flags(*app, flags->reports);
  set_footer(*app,
             "Every trial is a saga of its own on a node in this process; the calls to its participants are real.\n"
             "Exit codes: 0 PASS, 1 FAIL, 2 UNKNOWN.");
  set_examples(*app, {R"(sagactl saga rehearse trip.yaml --input '{"guest":"kim","nights":2}')",
                      "sagactl saga rehearse trip.yaml --stand-ins --junit rehearsal.xml",
                      "sagactl saga rehearse trip.yaml --probe-sql 'hotel=hotel.db SELECT count(*) FROM bookings WHERE "
                      "saga = :saga'"});
  commands.add(app, [flags](Invocation& invocation) { return run_rehearsal(invocation, *flags); });
}

}  // namespace sagactl
