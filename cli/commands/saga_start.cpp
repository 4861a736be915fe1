// `sagactl saga start`: starts a saga of a published definition.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>

#include "cli/client/json_answer.hpp"
#include "cli/client/mistakes.hpp"
#include "cli/client/node_client.hpp"
#include "cli/client/saga_wait.hpp"
#include "cli/commands/saga_commands.hpp"
#include "cli/flag.hpp"
#include "cli/output/saga_tree.hpp"
#include "common/text/percent.hpp"

namespace sagactl {
namespace {

constexpr std::size_t input_max = 64 * 1024;  // the limit of the nodes

struct StartFlags {
  std::string name, input = "{}", key, correlation;
  std::optional<Duration> wait;
};

Error refused_start(Error error) {
  const std::string code = text_member(error.members, "code"), earlier = text_member(error.members, "sagaId");
  if (code == "INPUT_INVALID") return with_mistakes(std::move(error), "the input");
  if (code == "IDEMPOTENCY_KEY_REUSED")
    return with_hint(std::move(error),
                     "`sagactl saga get " + earlier + "` shows that saga; start another one with another --key");
  return no_such_definition(std::move(error));
}

Result<ExitCode> start(Invocation& invocation, const StartFlags& flags) {
  const auto input = read_saga_input(invocation, "--input", flags.input);
  if (!input) return input.error();
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  HttpRequest request{"POST",
                      "/sagas/definitions/" + percent_encode(flags.name) + "/sagas",
                      json_text(*input),
                      {{"Content-Type", "application/json"}}};
  if (!flags.key.empty()) request.headers.emplace_back("Idempotency-Key", flags.key);
  if (!flags.correlation.empty()) request.headers.emplace_back("X-Correlation-ID", flags.correlation);
  auto saga = client->send(request);
  if (!saga) return refused_start(saga.error());
  ExitCode code = ExitCode::done;
  if (flags.wait) {
    auto ended = wait_for_end(*client, text_member(*saga, "id"), *flags.wait);
    if (!ended) return ended.error();
    code = exit_code_of_saga(text_member(*ended, "status"));
    if (const auto now = client->get("/sagas/" + text_member(*saga, "id"))) saga = now;
  }
  if (invocation.wants_json())
    invocation.print(*saga);
  else
    invocation.terminal.out << saga_tree(Json{{"saga", *saga}}, invocation.paint, invocation.terminal.table_width())
                            << std::flush;
  return code;
}

// Of a text of any length.
bool is_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

}  // namespace

Result<Json> read_saga_input(Invocation& invocation, const std::string& flag, const std::string& text) {
  std::string json = text, source = "'" + text + "'";
  if (text == "-" || text.starts_with('@')) {
    std::ifstream file;
    std::istream* in = &invocation.terminal.in;
    source = text == "-" ? std::string("standard input") : text.substr(1);
    if (text != "-") {
      file.open(invocation.environment.resolve(text.substr(1)), std::ios::binary);
      if (!file)
        return Error{ErrorCode::invalid, fmt::format("{}: {} cannot be read: {}", flag, source, std::strerror(errno))};
      in = &file;
    }
    json.assign(std::istreambuf_iterator<char>(*in), {});
  }
  if (json.size() > input_max)
    return Error{ErrorCode::invalid,
                 fmt::format("{}: {} has {} bytes; an input has at most {}", flag, source, json.size(), input_max)};
  try {
    return Json::parse(json);
  } catch (const Json::parse_error& error) {
    const bool is_inline = text != "-" && !text.starts_with('@');
    if (is_inline && is_file(invocation.environment.resolve(text)))
      return Error{ErrorCode::invalid,
                   fmt::format("{}: '{}' is a file, and its name is no JSON; write @{} to read it", flag, text, text)};
    return Error{ErrorCode::invalid,
                 fmt::format("{}: {} is no JSON (at byte {}); write JSON such as '{{\"guest\":\"kim\"}}', @FILE or -",
                             flag, source, error.byte)};
  }
}

Error no_such_definition(Error error) {
  if (error.code != ErrorCode::not_found) return error;
  return with_hint(std::move(error),
                   "`sagactl saga definitions` shows those that there are, `sagactl saga publish FILE` adds one");
}

void add_saga_start(CLI::App& group, Commands& commands) {
  const auto flags = std::make_shared<StartFlags>();
  CLI::App* app = add_command(group, "start", "Start a saga of a published definition");
  add_text(*app, "name", flags->name, "NAME", "Name of the definition").required();
  add_text(*app, "--input", flags->input, "JSON|@FILE|-", "Input of the saga [{}]");
  add_text(*app, "--key", flags->key, "KEY",
           "Idempotency key: starting again under the same key gives the saga that was started");
  add_text(*app, "--correlation", flags->correlation, "ID", "Correlation id to trace the saga by [its id]");
  add_wait_flag(*app, flags->wait);
  set_examples(*app, {R"(sagactl saga start trip --input '{"guest":"kim","nights":2}' --wait)",
                      "sagactl saga start trip --input @kim.json --key kim-2026-11"});
  commands.add(app, [flags](Invocation& invocation) { return start(invocation, *flags); });
}

}  // namespace sagactl
