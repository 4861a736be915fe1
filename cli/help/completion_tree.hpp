// What can follow a word on the command line, read from the tree of commands: for the completion of any shell.
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

// The values of a flag, or of an argument without a name.
struct CompletionValues {
  CompletionKind wanted = CompletionKind::nothing;
  std::vector<std::string> words;  // also where files are wanted
};
CompletionValues values_of(const CLI::Option& option);
// Of the arguments without a name.
CompletionValues arguments_of(const CLI::App& app);

bool takes_value(const CLI::Option& option);
std::vector<std::string> names_of(const CLI::Option& option);  // "--output", "-o"
std::vector<std::string> flags_of(const CLI::App& app);
std::vector<std::string> commands_of(const CLI::App& app);  // those that are shown

// Every command with its path from the root in words: "order create"; "" for the root.
void each_command(const CLI::App& app, const std::string& path,
                  const std::function<void(const CLI::App&, const std::string&)>& visit);

}  // namespace sagactl
