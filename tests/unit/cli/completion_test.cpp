// What is offered at each place of a command line, in both grammars.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/completion.hpp"

#include "base/text.hpp"
#include "cli/vocabulary.hpp"
#include "model/address.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ctys;
using namespace ctys::cli;

namespace {

using Words = std::vector<std::string>;

auto labels(const Words& words) {
  return [words](std::string_view) {
    std::vector<Surroundings::Label> all;
    for (const auto& word : words) all.push_back({word});
    return all;
  };
}

const Surroundings& here() {
  static const Surroundings kHere{labels({"web01", "web02", "db"}), [] { return Words{"QEMU", "TEST"}; }};
  return kHere;
}

Words offered(const Words& line, const Surroundings& where = here()) {
  Words words;
  for (const auto& candidate : find_candidates(line, where)) words.push_back(candidate.word);
  return words;
}

bool offers(const Words& line, const std::string& word) {
  const auto words = offered(line);
  return std::find(words.begin(), words.end(), word) != words.end();
}

Candidate::Kind kind_of(const Words& line, const std::string& word) {
  for (const auto& candidate : find_candidates(line, here()))
    if (candidate.word == word) return candidate.kind;
  FAIL("not offered: " << word);
  return {};
}

}  // namespace

TEST_CASE("the first word is an action, an alias, or a word about ctys itself") {
  for (const auto& action : actions()) CHECK(offers({""}, std::string(action.name)));
  for (const auto& alias : aliases()) CHECK(offers({""}, std::string(alias.name)));
  CHECK(offered({"enu"}) == Words{"enumerate"});
  CHECK(offered({"compl"}) == Words{"completion"});
  CHECK(offered({"--v"}) == Words{"--version"});
  CHECK(offers({"-"}, "-a"));
  CHECK(offered({"xyzzy"}).empty());
}

TEST_CASE("operands are labels, those that stand on the line already left out") {
  CHECK(offered({"start", "w"}) == Words{"web01", "web02"});
  CHECK(offered({"start", "web01", "w"}) == Words{"web02"});
  CHECK(offered({"stop", ""}) == Words{"web01", "web02", "db"});
  CHECK(offered({"list", "--", "d"}) == Words{"db"});
  CHECK(offered({"info", ""}) == offered({"info", "--"}));
}

TEST_CASE("address keys lead to labels, files or folders") {
  CHECK(offers({"list", "l"}, "label:"));
  CHECK(kind_of({"list", "l"}, "label:") == Candidate::Kind::open);
  CHECK(offers({"list", "L"}, "LABEL:"));
  CHECK(offered({"list", "label:w"}) == Words{"label:web01", "label:web02"});
  CHECK(offered({"list", "uuid:1,l:d"}) == Words{"uuid:1,l:db"});
  CHECK(kind_of({"create", "id:/vm/a"}, "id:") == Candidate::Kind::files);
  CHECK(kind_of({"create", "/vm/a"}, "") == Candidate::Kind::files);
  CHECK(kind_of({"enumerate", "base:/v"}, "base:") == Candidate::Kind::folders);
}

TEST_CASE("labels are asked for by what was typed, and what many begin with is left open") {
  std::string asked;
  const Surroundings many{[&](std::string_view beginning) {
                            asked = beginning;
                            return std::vector<Surroundings::Label>{{"web0", false}, {"web1", true}};
                          },
                          {}};
  const std::vector<std::string> line{"stop", "we"};
  const auto found = find_candidates(line, many);
  CHECK(asked == "we");
  REQUIRE(found.size() == 2);
  CHECK(found[0].kind == Candidate::Kind::open);
  CHECK(found[1].kind == Candidate::Kind::word);
}

TEST_CASE("a label that would be read as something else is written so that it is not") {
  const Surroundings odd{
      labels({"a,b", "x:y", "-n", "label:z", "has blank", "52:54:00:12:34:56", "q%r", "e\\"}), {}};
  const auto words = offered({"stop", "--", ""}, odd);
  CHECK(words.size() == 8);
  for (const auto& word : words) {
    INFO(word);
    const auto address = model::parse_address(word);
    REQUIRE(address);
    REQUIRE(address->keys.size() == 1);
    const auto& [key, value] = address->keys.front();
    CHECK((key == "WORD" || key == "LABEL"));
    const auto all = odd.labels("");
    const auto is_it = [&wanted = value](const auto& label) { return label.text == wanted; };
    CHECK(std::any_of(all.begin(), all.end(), is_it));
    CHECK(word.front() != '-');
  }
}

TEST_CASE("options are those of the action, once, without what would be refused") {
  CHECK(offers({"create", "--"}, "--reuse"));
  CHECK_FALSE(offers({"list", "--"}, "--reuse"));
  CHECK_FALSE(offers({"create", "--reuse", "--"}, "--reuse"));
  CHECK_FALSE(offers({"create", "-r", "--"}, "--reuse"));
  CHECK(offers({"list", "--filter", "a", "--"}, "--filter"));
  CHECK_FALSE(offers({"list", "--"}, "--tunnel"));
  CHECK_FALSE(offers({"plugins", "--"}, "--quick-tab"));
  CHECK(offered({"list", "--", "--js"}).empty());
}

TEST_CASE("values of options are completed as own word and behind '='") {
  CHECK(offered({"create", "--console", "g"}) == Words{"gterm"});
  CHECK(offered({"create", "--console=g"}) == Words{"--console=gterm"});
  CHECK(offered({"list", "-F", "js"}) == Words{"json"});
  CHECK(offered({"list", "-jF", "js"}) == Words{"json"});
  CHECK(offered({"cancel", "--method", "i"}) == Words{"init:"});
  CHECK(offered({"list", "-t", "Q"}) == Words{"QEMU"});
  CHECK(offered({"list", "-t", "q"}) == Words{"qemu"});
  CHECK(offered({"list", "--type=QEMU,T"}) == Words{"--type=QEMU,TEST"});
  CHECK(kind_of({"create", "--kernel=/b"}, "--kernel=") == Candidate::Kind::files);
  CHECK(kind_of({"create", "--boot", "cd:/i"}, "cd:") == Candidate::Kind::files);
  CHECK(kind_of({"enumerate", "-b", ""}, "") == Candidate::Kind::folders);
  CHECK(offered({"create", "--append", "w"}).empty());
}

TEST_CASE("columns and filters know the fields of the action") {
  CHECK(offers({"list", "--columns", ""}, "label"));
  CHECK(offers({"list", "--columns", "label,t"}, "label,tcp"));
  CHECK(offers({"enumerate", "--sort", "v"}, "vcpu"));
  CHECK(offers({"list", "--filter", "sta"}, "state:"));
  CHECK(offered({"list", "--filter", "state:r"}) == Words{"state:running"});
  CHECK(offered({"list", "--filter", "type:"}) == Words{"type:qemu", "type:test"});
  CHECK(offered({"list", "--filter=label:w"}) == Words{"--filter=label:web01", "--filter=label:web02"});
  CHECK(offered({"list", "--filter", "nonsense:"}).empty());
}

TEST_CASE("attribute takes a verb or a machine, then a machine, then a key") {
  CHECK(offers({"attribute", ""}, "set"));
  CHECK(offers({"attribute", ""}, "web01"));
  CHECK(offered({"attribute", "get", "d"}) == Words{"db"});
  CHECK(offered({"attribute", "get", "db", "DISTR"}) == Words{"DISTREL"});
  CHECK(offered({"attr", "set", "db", "distr"}) == Words{"distrel="});
  CHECK(offered({"attribute", "get", "db", "OS", ""}).empty());
}

TEST_CASE("topics and shells are offered behind help and completion") {
  CHECK(offered({"help", "fil"}) == Words{"files", "filters"});
  CHECK(offered({"help", "create", ""}).empty());
  CHECK(offered({"completion", ""}) == Words{"bash", "zsh", "fish"});
}

TEST_CASE("in the classic grammar actions, suboptions and their arguments are offered") {
  CHECK(offered({"-t", "QEMU", "-a", "cr"}) == Words{"create="});
  CHECK(offered({"-a", "CR"}) == Words{"CREATE="});
  CHECK(offered({"-acr"}) == Words{"-acreate="});
  CHECK(offers({"-a", "create="}, "create=reuse"));
  CHECK(offers({"-a", "create="}, "create=label:"));
  CHECK(offers({"-a", "create=reuse,"}, "create=reuse,console:"));
  CHECK(offered({"-a", "create=l:d"}) == Words{"create=l:db"});
  CHECK(offered({"-a", "create=l:web01,console:x"}) == Words{"create=l:web01,console:xterm"});
  CHECK(offered({"-a", "create=l:web01,CONSOLE:X"}) == Words{"create=l:web01,CONSOLE:XTERM"});
  CHECK(offered({"-a", "cancel=poweroff,l:d"}) == Words{"cancel=poweroff,l:db"});
  CHECK(offers({"-a", "list=ti"}, "list=title"));
  CHECK(offers({"-a", "list=la"}, "list=label"));
  CHECK_FALSE(offers({"-a", "create=inst"}, "create=instmode:"));
  CHECK(offered({"-a", "nonsense=x"}).empty());
}

TEST_CASE("options of the classic grammar complete their values, too") {
  CHECK(offered({"-a", "list", "-t", "T"}) == Words{"TEST"});
  CHECK(offered({"-tT"}) == Words{"-tTEST"});
  CHECK(offered({"-s", "A"}) == Words{"ALL"});
  CHECK(offered({"-A", "o"}) == Words{"on", "off"});
  CHECK(offers({"-a", "list", "-"}, "-t"));
  CHECK_FALSE(offers({"-a", "list", "-"}, "-W"));
  CHECK(offered({"-W", ""}).empty());
}

TEST_CASE("words from anywhere are answered, never believed") {
  CHECK(offered({}).empty());
  CHECK(offered({"list", std::string(1U << 20U, 'x')}).empty());
  CHECK(offered(Words(20'000, "list")).empty());
  CHECK(offered({"\xff\x1b[0m", ""}) == offered({"-X", ""}));
  for (const auto* word : {"-", "--", "--=", "=", ":", ",", "-a", "--filter=", "--type=,", "\\", "l:", "%"})
    for (const auto* first : {"list", "create", "attribute", "-a", "-t", "help"})
      (void)offered({first, word});
}

TEST_CASE("nothing is known: no labels, no types, no failure") {
  const Surroundings nothing;
  CHECK(offered({"stop", ""}, nothing).empty());
  CHECK(offered({"list", "-t", ""}, nothing) == Words{"all"});
}

TEST_CASE("the answer has one line for each candidate, whatever labels contain") {
  const Surroundings odd{labels({"tab\there", "new\nline", "fine", "\x1b[2J"}), {}};
  CHECK(candidates(Words{"stop", ""}, odd) == " fine\tmachine\n");
  CHECK(candidates(Words{"-a", "cre"}, here()) == "+create=\tstart a machine and open its console\n");
  CHECK(candidates(Words{"create", "id:/x"}, here()) == "fid:\n");
}

TEST_CASE("there are scripts for three shells that know the companions' names") {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    const auto script = completion_script(shell);
    REQUIRE(script);
    CHECK(script->find("ctys ctys-plugins ctys-attribute") != std::string::npos);
    CHECK(script->find("@COMMANDS@") == std::string::npos);
  }
  const auto other = completion_script("tcsh");
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Exit::usage);
}
