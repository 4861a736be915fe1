// Errors for mistyped command lines.
#include <gmock/gmock.h>

#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

struct Mistake {
  const char* name;
  std::vector<std::string> arguments;
  const char* error;
};

class CliUsage : public testing::TestWithParam<Mistake> {};

TEST_P(CliUsage, SuggestsWhatWasProbablyMeant) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run(GetParam().arguments);
  EXPECT_EQ(outcome.code, 4);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, CliUsage,
    testing::Values(
        Mistake{"Command", {"versoin"}, "'versoin' is not a command of sagactl; did you mean version?"},
        Mistake{"NestedCommand", {"context", "lst"}, "'lst' is not a command of sagactl context; did you mean list?"},
        Mistake{"Bytes", {"order", "show", "BO\xffOK"}, "'BO\uFFFDOK' is not UTF-8"},
        Mistake{"CommandsInOtherOrder", {"list", "saga"}, "'list' stands too early: write `sagactl saga list`"},
        Mistake{"PartOfACommand", {"dead"}, "'dead' is not a command of sagactl; did you mean dead-letter?"},
        Mistake{"TheOnlyCommand", {"import"}, "sagactl import needs a command: nestjs-cqrs"},
        Mistake{"FarCommandOfAGroup",
                {"order", "frobnicate"},
                "'frobnicate' is not a command of sagactl order; write create, get, list, cancel or confirm\n"},
        Mistake{"WordOfOtherPrograms",
                {"saga", "show", "0198f0a0"},
                "'show' is not a command of sagactl saga; did you mean get?"},
        Mistake{
            "ShortWordOfOtherPrograms", {"user", "ls"}, "'ls' is not a command of sagactl user; did you mean list?"},
        Mistake{"FarCommand", {"zzzzzz"}, "'zzzzzz' is not a command of sagactl\n"},
        Mistake{"Flag",
                {"version", "--outptu", "json"},
                "'--outptu' is not a flag of sagactl version; did you mean --output?"},
        Mistake{"FlagWithValue",
                {"version", "--ulr=http://x"},
                "'--ulr' is not a flag of sagactl version; did you mean --url?"},
        Mistake{"TokenFileThatIsADirectory", {"saga", "list", "--token-file", "/"}, "--token-file: / is a directory"},
        Mistake{"Choice", {"version", "-o", "xml"}, "--output: 'xml' is not one of table, json, ndjson"},
        Mistake{
            "ChoiceNearby",
            {"saga", "list", "--status", "compensatd"},
            "--status: 'compensatd' is not one of started, completed, failed, compensating, compensated; did you mean "
            "compensated?"},
        Mistake{"Duration", {"version", "--timeout", "soon"}, "--timeout"},
        Mistake{"NoTime", {"saga", "list", "--timeout", "0s"}, "--timeout: '0s' is too short: at least 1ms"},
        Mistake{"NoNestedCommand", {"context"}, "sagactl context needs a command: list, set, use or remove"},
        Mistake{"NoArgument",
                {"order", "get"},
                "sagactl order get needs ORDER-ID (Order id, or its first digits)\n"
                "  such as `sagactl order get 0198f0a0-5b3c-7000-8000-000000000001`"},
        Mistake{"NoSecondArgument",
                {"user", "role", "ann@example.com"},
                "sagactl user role needs customer|merchant|admin (The new role)\n"
                "  such as `sagactl user role ann@example.com customer`"},
        Mistake{"NoFlag",
                {"order", "create"},
                "sagactl order create needs --item PRODUCT[:QUANTITY[:PRICE]]...\n"
                "  such as `sagactl order create --item BOOK:2:9.50`"},
        Mistake{"NoValue",
                {"order", "list", "--output"},
                "--output needs a value: table|json|ndjson\n  such as `--output table`"},
        Mistake{"NoValueAndNoCommand", {"--timeout"}, "--timeout needs a value: DURATION\n  such as `--timeout 10s`"},
        Mistake{"Twice",
                {"order", "list", "--limit", "5", "--limit", "6"},
                "--limit is given more than once, and has one value: N\n  such as `--limit "},
        Mistake{"TooMany", {"version", "please"}, "unexpected argument 'please' for sagactl version"}),
    [](const auto& tested) { return tested.param.name; });

TEST(CliUsage, ErrorsAreJsonWithJsonOutput) {
  CliSandbox sandbox;
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"versoin", "-o", "json"}, {"-ojson", "versoin"}, {"versoin", "--output=json"}}) {
    const CommandResult outcome = sandbox.run(arguments);
    EXPECT_EQ(outcome.code, 4);
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(outcome.json()["error"]["code"], "invalid") << outcome.out;
    EXPECT_THAT(outcome.json()["error"]["hint"].get<std::string>(), HasSubstr("--help"));
  }
}

TEST(CliUsage, HelpOfEveryCommandGoesToStandardOutput) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"context", "set", "--help"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("Usage: sagactl context set CONTEXT [FLAGS]"));
}

TEST(CliUsage, WithoutArgumentsShowsTheCommands) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Usage: sagactl COMMAND [FLAGS]"));
}

}  // namespace
}  // namespace sagactl
