// The help texts and manual pages: complete, within the width, honest about what is not there.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/help_attributes.hpp"
#include "cli/manual.hpp"
#include "cli/vocabulary.hpp"

#include <catch2/catch.hpp>

using namespace ctys;
using namespace ctys::cli;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string text_of(std::string_view topic) {
  const auto text = help(topic, 80);
  REQUIRE(text);
  return *text;
}

}  // namespace

TEST_CASE("the overview shows every action, every alias and where to read on") {
  const auto overview = text_of("");
  for (const auto& action : actions()) CHECK(has(overview, "\n  " + std::string(action.name) + " "));
  for (const auto& alias : aliases()) CHECK(has(overview, "\n  " + std::string(alias.name) + " "));
  CHECK(has(overview, "start          = create --reuse --console none"));
  CHECK(has(overview, "ctys help TOPIC"));
}

TEST_CASE("every action's help has usage, options, examples and its classic suboptions") {
  for (const auto& action : actions()) {
    const auto help = text_of(action.name);
    INFO(action.name);
    CHECK(has(help, "ctys " + std::string(action.name)));
    CHECK(has(help, "\nExamples:\n"));
    for (const auto& option : long_options())
      if (option.actions.has(action.action))
        CHECK(has(help, "--" + std::string(option.name)) >= shown(option));
    for (const auto& sub : suboptions())
      if (sub.actions.has(action.action) && shown(sub))
        CHECK(has(help, "\n  " + std::string(sub.words) + std::string(sub.argument)));
  }
}

TEST_CASE("help does not offer what would be refused") {
  CHECK_FALSE(has(text_of("create"), "INSTMODE"));
  CHECK_FALSE(has(text_of("list"), "--tunnel"));
  CHECK_FALSE(has(text_of("classic"), "\n  -W "));
}

TEST_CASE("every topic of the list of topics exists and says more than its summary") {
  const auto list = text_of("topics");
  for (const auto& topic : topics()) {
    CHECK(has(list, "\n  " + std::string(topic.name) + " "));
    CHECK(text_of(topic.name).size() > topic.summary.size() + 40);
  }
}

TEST_CASE("an alias is explained as what it stands for") {
  CHECK(has(text_of("start"), "ctys start stands for ctys create --reuse --console none."));
  CHECK(text_of("CREATE") == text_of("create"));
}

TEST_CASE("an unknown topic names the nearest one, escaped and cut") {
  const auto near = help("fitlers", 80);
  REQUIRE_FALSE(near);
  CHECK(near.error().code == Exit::usage);
  CHECK(has(near.error().fix, "'filters'"));
  const auto far = help("\x1b[31m" + std::string(10000, 'x'), 80);
  REQUIRE_FALSE(far);
  CHECK(far.error().summary.size() < 200);
  CHECK_FALSE(has(far.error().summary, "\x1b"));
  CHECK(has(far.error().fix, "ctys help topics"));
}

TEST_CASE("lines keep to the width wherever their words allow it") {
  for (const unsigned width : {40U, 60U, 80U, 100U}) {
    for (const auto& topic : topics()) {
      const auto text = help(topic.name, width);
      REQUIRE(text);
      for (const auto line : text::split(*text, '\n')) {
        INFO(topic.name << " at " << width << ": " << line);
        const auto start = line.find_first_not_of(' ');
        const bool verbatim = start == 2;  // terms and examples stand as they are
        CHECK((verbatim || text::columns(line) <= width || line.find(' ', start) == std::string::npos));
      }
    }
  }
}

TEST_CASE("a width of zero is that of a page, extreme ones are bounded") {
  CHECK(*help("create", 0) == *help("create", 80));
  CHECK(*help("create", 1) == *help("create", 40));
  CHECK(*help("create", 100000) == *help("create", 100));
}

TEST_CASE("attribute keys are listed once, in upper case") {
  std::vector<std::string_view> seen;
  for (const auto& attribute : attributes()) {
    CHECK(text::upper(attribute.key) == attribute.key);
    CHECK(std::find(seen.begin(), seen.end(), attribute.key) == seen.end());
    seen.push_back(attribute.key);
  }
}

TEST_CASE("the exit topic lists every status that ctys has") {
  const auto text = text_of("exit");
  for (const int code : {0, 1, 2, 3, 4, 5, 6, 70}) CHECK(has(text, "\n  " + std::to_string(code) + " "));
}

TEST_CASE("the environment topic lists the variables of hosts and groups") {
  const auto topic = text_of("environment");
  for (const auto* name : {"CTYS_SSH_CONFIG", "CTYS_PERSIST", "CTYS_GROUPS_PATH", "CTYS_PLUGIN_PATH",
                           "CTYS_MACRO_DB", "CTYS_MACRO_PATH", "LIBVIRT_DEFAULT_URI"})
    CHECK(has(topic, name));
}

TEST_CASE("there is a manual page for ctys and for each companion that works, and no other") {
  const auto names = manual_names();
  CHECK(names.front() == "ctys");
  for (const auto& companion : companions()) {
    const auto name = "ctys-" + std::string(companion.name);
    CHECK((std::find(names.begin(), names.end(), name) != names.end()) == shown(companion));
    CHECK(manual(name, "2026-01-01").has_value() == shown(companion));
  }
}

TEST_CASE("the manual page of ctys holds every action, option and topic") {
  const auto page = manual("ctys", "2026-01-01");
  REQUIRE(page);
  for (const auto& action : actions()) CHECK(has(*page, ".SH CTYS " + text::upper(action.name)));
  for (const auto& option : long_options())
    if (shown(option)) CHECK(has(*page, roff_text("--" + std::string(option.name))));
  for (const auto* section :
       {".SH ADDRESSES", ".SH FILES", ".SH EXIT STATUS", ".SH ENVIRONMENT", ".SH MACROS"})
    CHECK(has(*page, section));
}

TEST_CASE("text in a manual page is never a request") {
  CHECK(roff_text(".so /etc/passwd") == "\\&.so /etc/passwd");
  CHECK(roff_text("'tis") == "\\(aqtis");
  CHECK(roff_text("a\\b -c") == "a\\eb \\-c");
}

TEST_CASE("the pages under docs tell the same attributes and exit statuses") {
  const std::string docs = TEST_DATA "/../docs/";
  const auto attributes_page = read_file(docs + "attributes.md", 1U << 20U);
  REQUIRE(attributes_page);
  for (const auto& attribute : attributes())
    CHECK(has(*attributes_page, "| `" + std::string(attribute.key) + (attribute.numbered ? "<n>" : "") +
                                    "` | " + std::string(attribute.text) + " |"));
  const auto errors_page = read_file(docs + "errors.md", 1U << 20U);
  REQUIRE(errors_page);
  for (const auto& [code, text] : exit_texts())
    CHECK(
        has(*errors_page, "| " + std::to_string(static_cast<int>(code)) + " | " + std::string(text) + " |"));
  const auto cli_page = read_file(docs + "cli.md", 1U << 20U);
  REQUIRE(cli_page);
  for (const auto& name : manual_names()) CHECK(has(*cli_page, "man " + name));
}
