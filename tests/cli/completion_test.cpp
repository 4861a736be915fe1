// The completion scripts, run by their shells.
#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "tests/cli/support/command.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

std::string printed_by(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> piece{};
  for (std::size_t length; (length = fread(piece.data(), 1, piece.size(), pipe.get())) > 0;)
    text.append(piece.data(), length);
  return text;
}

// A program named sagactl that only answers `complete`.
void write_sagactl(const CliSandbox& sandbox) {
  sandbox.write("bin/sagactl",
                "#!/bin/sh\ncase \"$1 $2\" in\n'complete ids') echo 0198f0a0-0000; echo 0198f0a0-1111 ;;\n"
                "'complete contexts') echo staging; echo \"url=$4\" ;;\nesac\n");
  std::filesystem::permissions(sandbox.directory() / "bin/sagactl", std::filesystem::perms::owner_all);
}

// What bash offers for the unfinished word `last` after `typed`, with the script of `sagactl completion bash`.
std::string offered(CliSandbox& sandbox, const std::string& typed, const std::string& last = "") {
  write_sagactl(sandbox);
  sandbox.write("completion.bash", sandbox.run({"completion", "bash"}).out +
                                       "PATH=" + (sandbox.directory() / "bin").string() +
                                       ":/usr/bin:/bin\nCOMP_WORDS=(" + typed + " '" + last + R"(')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_sagactl
echo " ${COMPREPLY[*]//$'\n'/ } "
)");
  return printed_by("cd '" + sandbox.directory().string() + "' && bash completion.bash 2>&1");
}

bool is_installed(const char* shell) {
  return std::system((std::string("command -v ") + shell + " >/dev/null").c_str()) == 0;
}

TEST(CliCompletion, BashOffersCommandsFlagsAndChoices) {
  CliSandbox sandbox;
  EXPECT_THAT(offered(sandbox, "sagactl"), HasSubstr(" version "));
  EXPECT_THAT(offered(sandbox, "sagactl context"), HasSubstr(" remove "));
  EXPECT_THAT(offered(sandbox, "sagactl --quiet context"), HasSubstr(" remove "));
  EXPECT_THAT(offered(sandbox, "sagactl version"), HasSubstr(" --output "));
  EXPECT_EQ(offered(sandbox, "sagactl version -o"), " table json ndjson \n");
  EXPECT_EQ(offered(sandbox, "sagactl order create --system"), " order checkout checkout-choreography purchase \n");
  EXPECT_THAT(offered(sandbox, "sagactl saga"), HasSubstr(" definitions "));
  EXPECT_THAT(offered(sandbox, "sagactl dead-letter"), HasSubstr(" discard "));
  EXPECT_THAT(offered(sandbox, "sagactl audit"), HasSubstr(" --by "));
  EXPECT_THAT(offered(sandbox, "sagactl user"), HasSubstr(" disable "));
  EXPECT_THAT(offered(sandbox, "sagactl user role a@b.c"), HasSubstr(" admin "));
  EXPECT_THAT(offered(sandbox, "sagactl completion"), HasSubstr(" bash zsh fish "));
}

TEST(CliCompletion, BashOffersFilesContextsAndLiveIds) {
  CliSandbox sandbox;
  sandbox.write("shop.toml", "");
  sandbox.write("some folder/x", "");
  EXPECT_THAT(offered(sandbox, "sagactl loadtest --profile"), HasSubstr("shop.toml"));
  EXPECT_THAT(offered(sandbox, "sagactl loadtest", "sh"), HasSubstr("shop.toml"));
  EXPECT_THAT(offered(sandbox, "sagactl loadtest"), HasSubstr("individual"));
  EXPECT_THAT(offered(sandbox, "sagactl loadtest"), testing::Not(HasSubstr("FILE")));
  EXPECT_THAT(offered(sandbox, "sagactl --data", "some"), HasSubstr("some folder"));
  EXPECT_THAT(offered(sandbox, "sagactl trace"), HasSubstr("0198f0a0-0000"));
  EXPECT_THAT(offered(sandbox, "sagactl order get", "0198f0a0-1"), HasSubstr("0198f0a0-1111"));
  EXPECT_THAT(offered(sandbox, "sagactl retry"), HasSubstr("0198f0a0-0000"));
  EXPECT_THAT(offered(sandbox, "sagactl context use"), HasSubstr("staging"));
  EXPECT_THAT(offered(sandbox, "sagactl --url http://b:1 --context"), HasSubstr("url=http://b:1"));
  EXPECT_THAT(offered(sandbox, "sagactl --token-file secret --context"), HasSubstr("url=secret"));
  EXPECT_THAT(offered(sandbox, "sagactl --token-file", "sh"), HasSubstr("shop.toml"));
  EXPECT_EQ(offered(sandbox, "sagactl order list --limit"), "  \n");
  EXPECT_THAT(offered(sandbox, "sagactl help"), HasSubstr(" loadtest "));
}

TEST(CliCompletion, FishOffersCommandsFlagsAndValues) {
  SAGACTL_NEEDS_PROGRAM(is_installed("fish"), "fish");
  CliSandbox sandbox;
  write_sagactl(sandbox);
  sandbox.write("shop.toml", "");
  sandbox.write("completion.fish", sandbox.run({"completion", "fish"}).out);
  const auto offers = [&](const std::string& typed) {
    return printed_by("cd '" + sandbox.directory().string() +
                      "' && HOME=$PWD PATH=$PWD/bin:$PATH fish -c \"source "
                      "completion.fish; complete -C '" +
                      typed + "'\" 2>&1");
  };
  EXPECT_THAT(offers("sagactl ver"), HasSubstr("version"));
  EXPECT_THAT(offers("sagactl completion "), HasSubstr("zsh"));
  EXPECT_THAT(offers("sagactl loadtest "), HasSubstr("duplicate"));
  EXPECT_THAT(offers("sagactl loadtest sh"), HasSubstr("shop.toml"));
  EXPECT_THAT(offers("sagactl order "), HasSubstr("cancel"));
  EXPECT_THAT(offers("sagactl order list "), testing::Not(HasSubstr("cancel")));
  EXPECT_THAT(offers("sagactl order list --limit "), testing::Not(HasSubstr("cancel")));
  EXPECT_THAT(offers("sagactl trace "), HasSubstr("0198f0a0-0000"));
  EXPECT_THAT(offers("sagactl trace "), testing::Not(HasSubstr("shop.toml")));
  EXPECT_THAT(offers("sagactl --url http://b:1 context use "), HasSubstr("url=http://b:1"));
  EXPECT_THAT(offers("sagactl version --output "), HasSubstr("ndjson"));
  const std::string after_a_flag = offers("sagactl order list --limit 5 --");
  EXPECT_THAT(after_a_flag, HasSubstr("--status"));
  EXPECT_THAT(after_a_flag, testing::Not(HasSubstr("unknown option"))) << "flags are words of the command, not fish's";
}

// Installed as packages do it: as the file _sagactl in $fpath, which zsh loads at the first TAB.
TEST(CliCompletion, ZshCompletesAtTheFirstTab) {
  SAGACTL_NEEDS_PROGRAM(is_installed("zsh"), "zsh");
  CliSandbox sandbox;
  write_sagactl(sandbox);
  sandbox.write("shop.toml", "");
  sandbox.write("functions/_sagactl", sandbox.run({"completion", "zsh"}).out);
  sandbox.write("at_terminal.zsh", R"(
zmodload zsh/zpty
zpty z "HOME=$PWD PATH=$PWD/bin:$PATH zsh -f -i"
zpty -w z "PS1='' fpath=($PWD/functions "'$fpath); autoload -Uz compinit; compinit -u -D; print set""up'
zpty -r z out '*setup*'
zpty -n -w z "$1"$'\t'
zpty -r z out "*$2*"
print -r -- "$out"
)");
  const auto shows = [&](const std::string& typed, const std::string& then) {
    return printed_by("cd '" + sandbox.directory().string() + "' && timeout 100 zsh -f at_terminal.zsh '" + typed +
                      "' '" + then + "' 2>&1");
  };
  EXPECT_THAT(shows("sagactl vers", "version"), HasSubstr("version"));
  EXPECT_THAT(shows("sagactl order canc", "cancel"), HasSubstr("cancel"));
  EXPECT_THAT(shows("sagactl loadtest --profile sh", "op.toml"), HasSubstr("op.toml"));
  EXPECT_THAT(shows("sagactl order get 0198f0a0-1", "0198f0a0-1111"), HasSubstr("0198f0a0-1111"));
  EXPECT_THAT(shows("sagactl context use st", "staging"), HasSubstr("staging"));
}

TEST(CliCompletion, FailsQuietly) {
  CliSandbox sandbox;
  sandbox.run({"context", "set", "staging", "--url", "http://127.0.0.1:9"});
  sandbox.run({"context", "set", "other", "--url", "http://127.0.0.1:9"});
  EXPECT_EQ(sandbox.run({"complete", "contexts"}).out, "other\nstaging\n");
  sandbox.variables["SAGACTL_CONTEXT"] = "gone";
  const CommandResult ids = sandbox.run({"complete", "ids"});
  EXPECT_EQ(ids.code, 0);
  EXPECT_EQ(ids.out + ids.err, "");
  EXPECT_THAT(sandbox.run({"--help"}).out, testing::Not(HasSubstr("complete  ")));
}

TEST(CliCompletion, FishAndZshNameTheCommands) {
  CliSandbox sandbox;
  EXPECT_THAT(sandbox.run({"completion", "fish"}).out, HasSubstr("-a version -d"));
  EXPECT_THAT(sandbox.run({"completion", "zsh"}).out, HasSubstr("#compdef sagactl"));
}

}  // namespace
}  // namespace sagactl
