// --filter narrows what is shown; what changes something takes none.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"
#include "line.hpp"

#include <algorithm>
#include <string>

using namespace ctys;
using model::Action;
using tests::accepted;
using tests::refused;

TEST_CASE("no action that changes something takes a filter") {
  struct Line {
    const char* text;
    const char* fix;  // part of it
  };
  for (const auto& [text, fix] :
       {Line{"ctys jobs cancel 1", "ctys jobs cancel 1 2"},
        Line{"ctys jobs remove 1", "ctys jobs remove 1 2"},
        Line{"ctys jobs remove --done", "ctys jobs remove 1 2"}, Line{"ctys persist end", "all that is kept"},
        Line{"ctys attribute set web01 OS=x", "by its address"},
        Line{"ctys attr delete web01 OS", "by its address"},
        Line{"ctys attribute set web01 OS=x --plan", "by its address"},
        Line{"ctys distribute h5 h6", "ctys distribute lab01 lab02"},
        Line{"ctys distribute h5 h6 --plan", "name the hosts"},
        Line{"ctys distribute h5 h6 --remove", "lab02 --remove"}, Line{"ctys import", "--plan"},
        Line{"ctys import h1 --yes", "--plan"}, Line{"ctys macmap --from libvirt", "--print"},
        Line{"ctys macmap --from libvirt --plan", "--print"},
        Line{"ctys macmap --from libvirt --replace", "--print"}}) {
    const auto error = refused(std::string(text) + " --filter h1");
    CHECK(error.summary == "'--filter' does not narrow what is changed");
    INFO(error.fix);
    CHECK(error.fix.find(fix) != std::string::npos);
    (void)accepted(text);
  }
  for (const auto* text : {"ctys start web01", "ctys create web01", "ctys resume web01", "ctys open web01",
                           "ctys stop web01", "ctys kill web01", "ctys cancel --all", "ctys reset web01",
                           "ctys pause web01", "ctys suspend web01", "ctys vdbgen --append"})
    CHECK(refused(std::string(text) + " --filter h1").summary.find("'--filter'") != std::string::npos);
}

TEST_CASE("what only looks takes a filter") {
  for (const auto* text : {"ctys list", "ctys enumerate", "ctys info", "ctys show", "ctys plugins",
                           "ctys doctor", "ctys vping h1", "ctys jobs", "ctys jobs wait 1", "ctys persist",
                           "ctys attribute web01", "ctys attribute get web01 OS", "ctys distribute h5 --list",
                           "ctys import --plan", "ctys macmap h1", "ctys macmap h1 --from libvirt --print"})
    CHECK(accepted(std::string(text) + " --filter h1").output.filters.size() == 1);
}

TEST_CASE("the order of the rows is for every action to choose that has some") {
  for (const auto* text :
       {"ctys jobs remove --done", "ctys persist end", "ctys distribute h5 h6 --remove", "ctys import --yes"})
    CHECK(accepted(std::string(text) + " --sort " + (std::string(text).find("jobs") == 5 ? "job" : "host"))
              .output.sort.on);
}

// Whoever adds an action that takes a filter says above which of its lines change something.
TEST_CASE("the actions that take a filter are known") {
  const auto options = cli::long_options();
  for (const auto& word : cli::actions()) {
    const bool takes = std::any_of(options.begin(), options.end(), [&](const auto& option) {
      return option.name == "filter" && option.actions.has(word.action);
    });
    const bool known = word.action != Action::create && word.action != Action::cancel &&
                       word.action != Action::vdbgen && word.action != Action::is_active &&
                       word.action != Action::client_port && word.action != Action::groups;
    INFO(word.name);
    CHECK(takes == known);
  }
}
