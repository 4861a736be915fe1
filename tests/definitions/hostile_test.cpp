// Definitions come from anyone: no text crashes the reader, takes long, or is read in part.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "server/definitions/members.hpp"
#include "server/definitions/source.hpp"
#include "server/saga/compile_definition.hpp"
#include "tests/definitions/trip.hpp"

namespace sagactl {
namespace {

using ::testing::HasSubstr;

// Of this process: what else the machine does is not counted.
double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::string said_of(const std::string& text, const char* name = "trip.yaml") {
  return shown(read_definition(text, name).problems);
}

TEST(DefinitionHostile, TextsThatAreTooLongAreNotRead) {
  EXPECT_EQ(said_of(std::string(definition_bytes_max + 1, 'x')),
            "1:1 mistake : the text has 262145 bytes; a definition has at most 262144\n");
}

TEST(DefinitionHostile, AnEmptyTextIsNoDefinition) {
  for (const char* text : {"", "\n", "# nothing\n", "---\n"}) EXPECT_THAT(said_of(text), HasSubstr("mistake")) << text;
}

TEST(DefinitionHostile, DeepNestingIsRefused) {
  for (const char* name : {"trip.yaml", "trip.json"})
    for (const char* part : {"[", "{\"a\":"}) {
      std::string text = "{\"saga\":";
      for (int i = 0; i < 20'000; ++i) text += part;
      EXPECT_THAT(said_of(text, name), HasSubstr("mistake")) << name;
    }
  std::string flow = "saga: " + std::string(10'000, '['), block;
  EXPECT_THAT(said_of(flow), HasSubstr("mistake"));
  for (int i = 0; i < 400; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(said_of(block), HasSubstr("mistake"));
}

TEST(DefinitionHostile, AliasesDoNotMultiply) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += (k > 0 ? ", " : "") + before;
    text += "]\n";
  }
  EXPECT_THAT(said_of(text), HasSubstr("the text has more than 50000 values"));
}

TEST(DefinitionHostile, TextsThatAreNotUtf8AreRefused) {
  EXPECT_EQ(said_of("saga: trip\nx: \xFF\n"), "2:4 mistake : the text is not UTF-8\n");
  EXPECT_EQ(said_of(std::string("saga: a\0b", 9)), "1:8 mistake : the text is not UTF-8\n");
}

TEST(DefinitionHostile, ManyMembersTakeNoTime) {
  std::string text = "saga: trip\nsteps: [{name: a, sleep: 1s}]\nparticipants:\n";
  for (int i = 0; i < 20'000; ++i) text += "  p" + std::to_string(i) + ": 1\n";
  const double began = processor_seconds();
  EXPECT_THAT(said_of(text), HasSubstr("the saga has 20000 participants; the most are 100"));
  EXPECT_LT(processor_seconds() - began, 5);
}

TEST(DefinitionHostile, NoTextTakesLong) {
  const double began = processor_seconds();
  for (const char* part : {"[",    "{",    "- ",           "? ",     "a: ",        "\"",  "'",  "&a ",
                           "*a ",  "!a ",  "{a: b}, ",     "[a, ",   "a: b\n",     "#",   "\n", "\t",
                           "| \n", "%a\n", "a: &a [*a]\n", "- no\n", "- {x: 1}\n", "a, ", ": ", "\\"})
    for (const char* begin : {"", "saga: trip\ninput: {"}) {
      std::string text = begin;
      while (text.size() + 20 < definition_bytes_max) text += part;
      read_definition(text, "trip.yaml");
    }
  EXPECT_LT(processor_seconds() - began, 60) << "48 texts";
}

TEST(DefinitionHostile, ManyMistakesTakeNoTime) {
  std::string names = "saga: trip\n", keywords = "saga: trip\ninput:\n",
              paths = "saga: trip\nsteps:\n  - name: a\n    call: { post: \"{x}/\" , body: [";
  for (int i = 0; i < 15'000; ++i) {
    names += "stpes" + std::to_string(i) + ": 1\n";
    keywords += "  minimun" + std::to_string(i) + ": 1\n";
    paths += "\"{ab.cd}\", ";
  }
  paths += "1] }\n";
  const double began = processor_seconds();
  for (const std::string& text : {names, keywords, paths})
    EXPECT_EQ(read_definition(text, "trip.yaml").problems.size(), problems_max);
  EXPECT_LT(processor_seconds() - began, 10);
}

// Changes a text at random: bytes replaced, parts removed, repeated and moved.
std::string changed(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  constexpr std::string_view letters = "{}[]:,-\"'&*!|>#?%@`~ \n\tax09./\\\xC3\xBC";
  for (std::size_t changes = 1 + below(4); changes > 0 && text.size() > 20; --changes) {
    const std::size_t at = below(text.size() - 10), size = 1 + below(10);
    switch (below(4)) {
      case 0:
        text[at] = letters[below(letters.size())];
        break;
      case 1:
        text.erase(at, size);
        break;
      case 2:
        text.insert(at, text.substr(below(text.size() - 10), size));
        break;
      default:
        text.insert(at, 1, letters[below(letters.size())]);
    }
  }
  return text;
}

// No text crashes; what is called right can be run.
TEST(DefinitionHostile, TextsChangedAtRandomAreRightOrTold) {
  std::mt19937 random(20261129);
  std::size_t right = 0, wrong = 0;
  for (int i = 0; i < 3'000; ++i) {
    const bool is_yaml = i % 2 == 0;
    const std::string text = changed(is_yaml ? trip_yaml : trip_json, random);
    const DefinitionRead read = read_definition(text, is_yaml ? "trip.yaml" : "trip.json");
    EXPECT_EQ(read.canonical.has_value(), !has_mistake(read.problems)) << text;
    for (const Problem& problem : read.problems) problem_text(problem, "trip", text);
    if (!read.canonical) {
      ++wrong;
      continue;
    }
    ++right;
    const auto compiled = compile_definition(read.text(), 1);
    EXPECT_TRUE(compiled) << compiled.error().message << "\n" << text;
    const DefinitionRead again = read_definition(read.text(), "canonical.json");
    ASSERT_TRUE(again.canonical) << shown(again.problems) << text;
    EXPECT_EQ(again.text(), read.text());
  }
  EXPECT_GT(right, 50u);
  EXPECT_GT(wrong, 100u);
}

}  // namespace
}  // namespace sagactl
