#include "loadgen/faults/fault_grammar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sagactl {
namespace {

using testing::HasSubstr;

struct GrammarRow {
  const char* text;
  const char* result;  // the canonical form, or a part of the error
};

TEST(FaultGrammar, ReadsEachFormAndWritesItTheSame) {
  for (const GrammarRow& row :
       {GrammarRow{"pause node-2 at 10s for 5s", "pause node-2 at 10s for 5s"},
        GrammarRow{"  pause   node-2 for 5s  at 10s", "pause node-2 at 10s for 5s"},
        GrammarRow{"pause 4711 at 0s for 1500ms", "pause pid 4711 at 0s for 1500ms"},
        GrammarRow{"pause pid 4711 at 1m for 2s", "pause pid 4711 at 60s for 2s"},
        GrammarRow{"kill pidfile /run/shop.pid at 500ms", "kill pidfile /run/shop.pid at 500ms"},
        GrammarRow{"kill command 'shop.py --port 8085' at 3s", "kill command \"shop.py --port 8085\" at 3s"},
        GrammarRow{"restart port 8085 at 3s for 2s", "restart port 8085 at 3s for 2s"},
        GrammarRow{"restart container pg at 3s", "restart container pg at 3s"},
        GrammarRow{"kill node at at 3s", "kill at at 3s"},
        GrammarRow{"run \"docker kill pg\" at 10s", "run \"docker kill pg\" at 10s"},
        GrammarRow{"run 'echo \"x\"' at 1s for 2s undo \"rm \\\"x\\\"\"",
                   "run \"echo \\\"x\\\"\" at 1s for 2s undo \"rm \\\"x\\\"\""},
        GrammarRow{"run true at 1s undo false", "run true at 1s undo false"}}) {
    const auto fault = parse_fault(row.text);
    ASSERT_TRUE(fault) << row.text << ": " << fault.error().message;
    EXPECT_EQ(fault->text(), row.result);
    if (fault->target.kind == FaultTarget::Kind::node) continue;  // "at" alone would not be one
    const auto again = parse_fault(fault->text());
    ASSERT_TRUE(again) << fault->text();
    EXPECT_EQ(*again, *fault);
  }
}

TEST(FaultGrammar, SaysWhereAFaultIsWrongAndWhatWouldBeRight) {
  for (const GrammarRow& row :
       {GrammarRow{"", "at character 1: it is empty; write for example pause node-2 at 10s for 5s"},
        GrammarRow{"stop node-2 at 10s", "at character 1: 'stop' is not a fault: pause, kill, restart or run"},
        GrammarRow{"pause at 10s for 5s", "at character 7: its target is missing: name a node, pid NUMBER"},
        GrammarRow{"pause node-2", "at character 13: when is missing: at TIME"},
        GrammarRow{"pause node-2 at 10s", "how long is missing: a pause needs for TIME"},
        GrammarRow{"pause node-2 at ten for 5s", "at character 17: 'ten' is not a time such as 500ms, 10s or 2m"},
        GrammarRow{"pause node-2 at 10s for", "at character 24: the time after 'for' is missing"},
        GrammarRow{"pause node-2 at 10s for 0s", "a pause of no time is none"},
        GrammarRow{"pause node-2 at 10s at 12s for 5s", "at character 21: 'at' is there twice"},
        GrammarRow{"pause node-2 in 10s for 5s", "at character 14: 'in' is not expected here: at TIME, for TIME"},
        GrammarRow{"pause pid zero at 1s for 1s", "at character 11: 'zero' is not a pid"},
        GrammarRow{"pause port 99999 at 1s for 1s", "'99999' is not a port: write a number from 1 to 65535"},
        GrammarRow{"kill node-2 at 10s for 5s", "what is killed stays down: leave out 'for', or write restart"},
        GrammarRow{"kill node-2 at 25h", "'25h' is longer than a day"},
        GrammarRow{"kill container -f at 1s", "'-f' is not the name of a container"},
        GrammarRow{"kill node-2 at 1s undo x", "only a command has an undo"},
        GrammarRow{"run at 10s", "at character 5: the command is missing, in quotes"},
        GrammarRow{"run \"docker kill pg at 10s", "at character 5: this quote is not closed"},
        GrammarRow{"run \"x\" at 10s for 5s", "'for' says when a command is undone: add undo \"COMMAND\""},
        GrammarRow{"run \" \" at 10s", "the command is empty"}}) {
    const auto fault = parse_fault(row.text);
    ASSERT_FALSE(fault) << row.text;
    EXPECT_EQ(fault.error().code, ErrorCode::invalid);
    EXPECT_THAT(fault.error().message, HasSubstr(row.result));
  }
}

TEST(FaultGrammar, ReadsEachFaultOfTheProxyAndWritesItTheSame) {
  for (const GrammarRow& row :
       {GrammarRow{"delay 200ms of 10% from 5s to 15s", "delay 200ms of 10% from 5s to 15s"},
        GrammarRow{"delay 100ms..300ms of 0.5", "delay 100ms..300ms of 50%"},
        GrammarRow{"throttle 100kB/s to 5s", "throttle 100000B/s to 5s"},
        GrammarRow{"cut requests of 5%", "cut requests of 5%"}, GrammarRow{"cut answer of 5%", "cut answers of 5%"},
        GrammarRow{"cut connections from 5s to 6s", "cut connections from 5s to 6s"},
        GrammarRow{"duplicate of 1%", "duplicate of 1%"},
        GrammarRow{"answer 503 of 100% on http://127.0.0.1:3001", "answer 503 on http://127.0.0.1:3001"}}) {
    const auto fault = parse_proxy_fault(row.text);
    ASSERT_TRUE(fault) << row.text << ": " << fault.error().message;
    EXPECT_EQ(fault->text(), row.result);
    const auto again = parse_proxy_fault(fault->text());
    ASSERT_TRUE(again) << fault->text();
    EXPECT_EQ(*again, *fault);
  }
}

TEST(FaultGrammar, SaysWhereAFaultOfTheProxyIsWrongAndWhatWouldBeRight) {
  for (const GrammarRow& row :
       {GrammarRow{"", "at character 1: it is empty; write for example delay 200ms of 10% from 5s to 15s"},
        GrammarRow{"slow 200ms", "at character 1: 'slow' is not a fault of the proxy: delay, throttle, cut requests"},
        GrammarRow{"cut", "at character 4: what is cut is missing: requests, answers or connections"},
        GrammarRow{"cut lines", "'cut lines' is not a fault of the proxy"},
        GrammarRow{"delay", "at character 6: how long, such as 200ms, is missing"},
        GrammarRow{"delay 300ms..100ms", "at character 7: '300ms..100ms' is not a delay such as 200ms or 100ms..300ms"},
        GrammarRow{"delay 11m", "'11m' is longer than 10 minutes"},
        GrammarRow{"throttle 100", "'100' is not a rate such as 500B/s, 100kB/s or 1MB/s"},
        GrammarRow{"answer 200", "'200' is not a status from 400 to 599"},
        GrammarRow{"duplicate of 0%", "at character 14: '0%' is not a share above 0: write 10% or 0.1"},
        GrammarRow{"duplicate of 101%", "'101%' is not a share"},
        GrammarRow{"duplicate at 5s",
                   "at character 11: 'at' is not expected here: of SHARE, from TIME, to TIME, on URL"},
        GrammarRow{"duplicate from 5s to 5s", "it ends before it begins"},
        GrammarRow{"throttle 1kB/s of 10%", "throttle is for all connections"}}) {
    const auto fault = parse_proxy_fault(row.text);
    ASSERT_FALSE(fault) << row.text;
    EXPECT_THAT(fault.error().message, HasSubstr(row.result));
  }
}

}  // namespace
}  // namespace sagactl
