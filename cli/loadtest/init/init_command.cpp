#include "cli/loadtest/init/init_command.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <ostream>

#include "cli/client/connecting.hpp"
#include "cli/configuration/private_file.hpp"
#include "cli/flag.hpp"
#include "cli/invocation.hpp"
#include "cli/loadtest/init/draft.hpp"
#include "common/text/text.hpp"
#include "httpclient/http_client.hpp"

namespace sagactl {
namespace {

constexpr std::uintmax_t source_size_max = 64u << 20;

struct InitFlags {
  std::string openapi, curl, har, postman, request;
  std::string out = "profile.toml";
  bool overwrite = false;
};

Result<std::string> text_from(const Invocation& invocation, const std::string& address) {
  const std::size_t path = address.find('/', address.find("://") + 3);
  const auto url = parse_node_url(address.substr(0, path));
  if (!url) return url.error();
  HttpClientOptions options;
  options.timeout = invocation.settings.timeout;
  auto connect = connect_options(invocation);
  if (!connect) return connect.error();
  options.connect = std::move(*connect);
  options.body_max = source_size_max;
  HttpClient client(*url, options);
  const auto response = client.get(path == std::string::npos ? "/" : address.substr(path));
  if (!response) return response.error();
  if (!response->ok()) return error_of(*response);
  return response->body;
}

Result<std::string> text_of_file(const Invocation& invocation, const char* flag, const std::string& name) {
  const std::filesystem::path path = invocation.environment.resolve(name);
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (failure) return Error{ErrorCode::invalid, fmt::format("{}: cannot read {}", flag, name)};
  if (size > source_size_max)
    return Error{ErrorCode::invalid, fmt::format("{}: {} has more than {} MB", flag, name, source_size_max >> 20)};
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size)))
    return Error{ErrorCode::invalid, fmt::format("{}: cannot read {}", flag, name)};
  return text;
}

Result<std::string> text_of_source(const Invocation& invocation, const char* flag, const std::string& name) {
  if (!name.starts_with("http://") && !name.starts_with("https://")) return text_of_file(invocation, flag, name);
  auto text = text_from(invocation, name);
  if (!text) return Error{text.error().code, fmt::format("{}: {}: {}", flag, name, text.error().message)};
  return text;
}

Result<Recording> recording_of_curl(const Invocation& invocation, const std::string& command) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(invocation.environment.resolve(command), ignored))
    return Error{
        ErrorCode::invalid,
        fmt::format("--curl: '{}' is a file; --curl takes the command itself: --curl \"$(cat {})\"", command, command)};
  return read_curl(command, [&](const std::string& name) -> std::optional<std::string> {
    auto text = text_of_file(invocation, "--curl", name);
    return text && is_utf8(*text) ? std::optional(std::move(*text)) : std::nullopt;
  });
}

Result<Recording> recording_of(const Invocation& invocation, const InitFlags& flags) {
  const int given = !flags.openapi.empty() + !flags.curl.empty() + !flags.har.empty() + !flags.postman.empty();
  if (given != 1)
    return Error{ErrorCode::invalid,
                 "one of --openapi, --curl, --har and --postman is required: where are the requests described?"};
  if (!flags.curl.empty()) return recording_of_curl(invocation, flags.curl);
  const bool is_har = !flags.har.empty(), is_openapi = !flags.openapi.empty();
  const char* const flag = is_har ? "--har" : is_openapi ? "--openapi" : "--postman";
  const std::string& name = is_har ? flags.har : is_openapi ? flags.openapi : flags.postman;
  const auto text = text_of_source(invocation, flag, name);
  if (!text) return text.error();
  try {
    auto recording = is_har ? read_har(*text) : is_openapi ? read_openapi(*text, name) : read_postman(*text);
    if (!recording) return Error{ErrorCode::invalid, fmt::format("{}: {}: {}", flag, name, recording.error().message)};
    return recording;
  } catch (const Json::exception& wrong) {
    return Error{ErrorCode::invalid, fmt::format("{}: {}: {}", flag, name, wrong.what())};
  }
}

std::string next_command(const ProfileDraft& draft, const std::string& name) {
  std::string command = fmt::format("sagactl loadtest individual --profile {} --url {}", name,
                                    draft.server.empty() ? "URL" : draft.server);
  for (const std::string& flag : draft.flags) command += " " + flag;
  return command;
}

std::string text_of_draft(const ProfileDraft& draft, const std::string& name) {
  std::string text =
      "# A profile for sagactl loadtest: docs/loadtest.md and docs/journeys.md describe every member.\n# To fill in:\n";
  for (const std::string& left : draft.left) text += fmt::format("#   {}\n", left);
  text += fmt::format("# Then: {} --dry-run\n\n", next_command(draft, name));
  return text + draft.text;
}

Result<ExitCode> write_draft(Invocation& invocation, const InitFlags& flags) {
  const std::filesystem::path path = invocation.environment.resolve(flags.out);
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
  if (is_there && !flags.overwrite)
    return Error{ErrorCode::invalid, fmt::format("{} exists: give another name with --out, or --overwrite", flags.out)};
  const auto recording = recording_of(invocation, flags);
  if (!recording) return recording.error();
  const auto draft = draft_of(*recording, flags.request);
  if (!draft) return draft.error();
  if (const auto written = write_private_file(path, text_of_draft(*draft, flags.out)); !written)
    return report_not_saved(invocation, written.error());
  Json left = Json::array();
  for (const std::string& it : draft->left) left.push_back(it);
  if (invocation.wants_json()) {
    invocation.print(Json{{"profile", flags.out}, {"server", draft->server}, {"choice", draft->choice}, {"left", left}},
                     "profile");
    return ExitCode::done;
  }
  std::ostream& out = invocation.terminal.out;
  out << (is_there ? "replaced " : "wrote ") << flags.out << '\n';
  if (!draft->choice.empty()) out << draft->choice << '\n';
  out << "to fill in:\n";
  for (const std::string& it : draft->left) out << "  " << it << '\n';
  out << "then: " << next_command(*draft, flags.out) << " --dry-run\n";
  return ExitCode::done;
}

}  // namespace

void add_loadtest_init(CLI::App& loadtest, Commands& commands) {
  const auto flags = std::make_shared<InitFlags>();
  CLI::App* app = add_command(loadtest, "init", "Draft a profile of your server, for you to complete");
  add_text(*app, "--openapi", flags->openapi, "FILE|URL", "From a description of its API, in JSON or YAML");
  add_text(*app, "--curl", flags->curl, "COMMAND", "From a curl command that places an order");
  add_text(*app, "--har", flags->har, "FILE", "From a browser's recording (HTTP Archive)");
  add_text(*app, "--postman", flags->postman, "FILE", "From a Postman collection");
  add_text(*app, "--request", flags->request, "N|NAME", "Which of its requests creates the order [the most likely]");
  add_text(*app, "--out", flags->out, "FILE.toml", "The profile [profile.toml]");
  add_switch(*app, "--overwrite", flags->overwrite, "Replace the file if it exists");
  set_examples(*app, {"sagactl loadtest init --openapi http://127.0.0.1:8085/openapi.json --out shop.toml",
                      "sagactl loadtest init --har recorded.har"});
  commands.add(app, [flags](Invocation& invocation) { return write_draft(invocation, *flags); });
}

}  // namespace sagactl
