// What can follow a word of a command line, read from the tree of commands. Used for the completion of every shell.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sagactl {

enum class CompletionKind : std::uint8_t { words, nothing, files, directories, contexts, ids, commands };

// The possible values of a flag or a positional argument.
struct CompletionValues {
  CompletionKind kind = CompletionKind::nothing;
  std::vector<std::string> words;  // in addition to what `kind` says
};
CompletionValues values_of(const CLI::Option& option);
// Of the command's positional arguments.
CompletionValues arguments_of(const CLI::App& app);

bool takes_value(const CLI::Option& option);
std::vector<std::string> names_of(const CLI::Option& option);  // "--output", "-o"
std::vector<std::string> flags_of(const CLI::App& app);
std::vector<std::string> commands_of(const CLI::App& app);  // without hidden ones

// Calls `visit` with every command and its path from the root: "order create", "" for the root.
void each_command(const CLI::App& app, const std::string& path,
                  const std::function<void(const CLI::App&, const std::string&)>& visit);

}  // namespace sagactl
