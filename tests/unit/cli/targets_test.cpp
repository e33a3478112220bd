// Targets with options of their own: each asked what its own options say, and nothing of another's.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.hpp"
#include "line.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace ctys;
using tests::accepted;
using tests::parsed;
using tests::refused;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

// The requests of a line, which are several.
cli::Requests several(std::string_view line) {
  auto command = parsed(line);
  INFO(line);
  if (!command) FAIL(command.error().summary + " / " + command.error().why);
  REQUIRE(std::holds_alternative<cli::Requests>(*command));
  return std::get<cli::Requests>(*std::move(command));
}

Names names(const model::Request& request) {
  Names names;
  for (const auto& target : request.where.targets) names.push_back(target.name);
  return names;
}

struct Groups {
  fs::path folder = fs::temp_directory_path() / ("ctys-targets-" + std::to_string(::getpid()));
  Groups() {
    fs::create_directories(folder);
    REQUIRE(::setenv("CTYS_GROUPS_PATH", folder.c_str(), 1) == 0);
  }
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;
  ~Groups() {
    (void)::unsetenv("CTYS_GROUPS_PATH");
    fs::remove_all(folder);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
};

}  // namespace

TEST_CASE("options of a target hold for it alone") {
  const auto requests = several("ctys -d 6 -a list -- '(-d 3)' h1 h2'(-d 1)' h3'(-d 0)' h4");
  REQUIRE(requests.size() == 3);
  CHECK(names(requests[0]) == Names{"h1", "h4"});
  CHECK(requests[0].verbosity == 3U);
  CHECK(names(requests[1]) == Names{"h2"});
  CHECK(requests[1].verbosity == 2U);
  CHECK(names(requests[2]) == Names{"h3"});
  CHECK(requests[2].verbosity == 1U);
}

TEST_CASE("with --compat the options of a target hold for those behind it, too") {
  const auto requests = several("ctys --compat -a list h1 h2'(-t TEST)' h3 h4'(-d 0)'");
  REQUIRE(requests.size() == 3);
  CHECK(names(requests[1]) == Names{"h2", "h3"});
  CHECK(requests[1].types == Names{"TEST"});
  CHECK(requests[2].types == Names{"TEST"});
  CHECK(requests[2].verbosity == 1U);
  CHECK(several("ctys -a list h1 h2'(-t TEST)' h3")[0].where.targets.size() == 2);
}

TEST_CASE("targets that differ in their login only are asked together") {
  const auto request = accepted("ctys -a list -l me h1 h2'(-l root)' you@h3'(-w)' h4'(-l root -w)'");
  REQUIRE(request.where.targets.size() == 4);
  CHECK(request.where.targets[0].user == "me");
  CHECK(request.where.targets[1].user == "root");
  CHECK(request.where.targets[2].user == "you");
  CHECK(accepted("ctys list --on 'h1,h2(-l root)'").where.targets.at(1).user == "root");
}

TEST_CASE("behind a modern line options are those of the classic grammar") {
  const auto requests = several("ctys list --on 'h1(-t TEST),h2' --on h3'(-t QEMU)' --on 'h4(-t TEST)'");
  REQUIRE(requests.size() == 3);
  CHECK(names(requests[0]) == Names{"h2"});
  CHECK(requests[0].types.empty());
  CHECK(names(requests[1]) == Names{"h1", "h4"});
  CHECK(requests[1].types == Names{"TEST"});
  CHECK(names(requests[2]) == Names{"h3"});
  CHECK(accepted("ctys list --on 'h1(-t TEST)'").types == Names{"TEST"});
  CHECK(names(several("ctys list --on 'h1(-t TEST),h2(-l root)'")[1]) == Names{"h2"});
  CHECK(refused("ctys list --on 'h1(-a info)'").why.find("-a info") != std::string::npos);
}

TEST_CASE("targets in braces are targets of a modern line, too") {
  CHECK(names(accepted("ctys list --on 'SUBGROUP{h1 h2}'")) == Names{"h1", "h2"});
  CHECK(names(accepted("ctys list --on 'SUBTASK{h1 h2},h3'")) == Names{"h1", "h2", "h3"});
  CHECK(names(accepted("ctys list --on 'h3,subgroup{h1,h2}'")) == Names{"h3", "h1", "h2"});
  CHECK(refused("ctys list --on 'SUBGROUP{h1'").summary.find("'{' is not closed") != std::string::npos);
}

TEST_CASE("two users of a host are told apart, however its name is written") {
  CHECK(names(accepted("ctys list --on me@h1,you@h1")) == Names{"me@h1", "you@h1"});
  CHECK(names(accepted("ctys list --on H1,you@h1")) == Names{"H1", "you@h1"});
  CHECK(names(accepted("ctys list --on h1.,you@h1,h1:22")) == Names{"h1.", "you@h1", "h1:22"});
  CHECK(names(accepted("ctys list --on h1,h1,you@h2")) == Names{"h1", "h2"});
}

TEST_CASE("a target may have an action of its own") {
  const auto requests = several("ctys h1'(-a create=l:a)' h2'(-a create=l:b)' h3'(-a list)'");
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].machines.at(0).keys.at(0).value == "a");
  CHECK(requests[1].machines.at(0).keys.at(0).value == "b");
  CHECK(requests[2].action == model::Action::list);
}

TEST_CASE("one action is not done at targets with different options: a machine of each would be hit") {
  for (const auto* line : {"ctys -a cancel=l:web01 h1 h2'(-t TEST)'", "ctys stop web01 --on 'h1,h2(-d 3)'",
                           "ctys -a create=l:a h1'(-t TEST)' h2'(-a create=l:b)'"})
    CHECK(refused(line).fix.find("action of its own") != std::string::npos);
}

TEST_CASE("a word behind a classic line is a host, and the group where there is no such host") {
  const Groups groups;
  groups.write("lab", "CONTEXT'(-l root)'\nh1 h2'(-t TEST)'\n#include more\n");
  groups.write("more", "h3'(-t TEST)', h4\n");
  groups.write("localhost", "h7\n");
  for (const auto* word : {"lab", "@lab", "SUBGROUP{lab}"}) {
    const auto requests = several("ctys -a list " + std::string(word));
    REQUIRE(requests.size() == 2);
    CHECK(names(requests[0]) == Names{"h1", "h4"});
    CHECK(requests[0].where.targets[0].user == "root");
    CHECK(names(requests[1]) == Names{"h2", "h3"});
    CHECK(requests[1].types == Names{"TEST"});
  }
  CHECK(names(accepted("ctys -a list localhost")) == Names{"localhost"});
  CHECK(names(accepted("ctys -a list @localhost")) == Names{"h7"});
  CHECK(accepted("ctys -a list lab'(-t QEMU)'").types == Names{"QEMU"});
  CHECK(names(accepted("ctys -a list lab!h2'(-t QEMU)'")) == Names{"h1", "h3", "h4"});
  CHECK(refused("ctys -a list @nosuch").summary.find("nosuch") != std::string::npos);
  CHECK(refused("ctys -a list ''").summary == "the name of a target is empty");
  CHECK(refused("ctys -a list '@lab!@lab'").summary.find("no host is left") != std::string::npos);
  CHECK(refused("ctys -a list h[1-20000]").summary.find("more than") != std::string::npos);
}

TEST_CASE("what is said of the way holds for the targets that have one") {
  const auto requests = several("ctys list --on 'localhost(-t TEST),h1' --via gw --no-copy");
  CHECK(requests[0].where.via.size() == 1);
  CHECK_FALSE(requests[0].where.may_copy);
  CHECK(requests[1].where.via.empty());
  CHECK(requests[1].where.targets.at(0).here);
  (void)refused("ctys list --on 'localhost(-t TEST)' --via gw");
}

TEST_CASE("two users of one host are told apart across requests") {
  const auto requests = several("ctys list --on 'a@h1,b@h1(-t TEST)'");
  CHECK(names(requests[0]) == Names{"a@h1"});
  CHECK(names(requests[1]) == Names{"b@h1"});
}

TEST_CASE("options that are not about a target are none of a target") {
  for (const auto* options : {"-V", "-h", "-H list", "--compat", "--json", "-q", "word", "-t", "-A x"})
    (void)refused("ctys -a list h1'(" + std::string(options) + ")' h2");
}

TEST_CASE("list alone asks this host and the group all, where there is one") {
  const Groups groups;
  CHECK(accepted("ctys list").where.targets.empty());
  groups.write("all", "lab01 lab02\n");
  CHECK(names(accepted("ctys list")) == Names{"localhost", "lab01", "lab02"});
  CHECK(names(accepted("ctys ls web01 --via gw")) == Names{"localhost", "lab01", "lab02"});
  CHECK(names(accepted("ctys list --on lab02")) == Names{"lab02"});
  CHECK(accepted("ctys -a list").where.targets.empty());
  CHECK(accepted("ctys info").where.targets.empty());
  CHECK(accepted("ctys stop web01").where.targets.empty());
  groups.write("all", "lab01 " + paths::host_name() + "\n");
  CHECK(names(accepted("ctys list")) == Names{"localhost", "lab01"});
}

TEST_CASE("list says what the inventory may answer") {
  CHECK(accepted("ctys list --fresh").list.fresh);
  CHECK(accepted("ctys list --cached --on lab01").list.cached);
  CHECK(accepted("ctys list --max-age 10m").list.max_age == std::chrono::minutes(10));
  CHECK_FALSE(accepted("ctys list").list.max_age);
  for (const auto* words :
       {"--fresh --cached", "--cached --max-age 1h", "--max-age", "--max-age soon", "--fresh=no"})
    (void)refused("ctys list " + std::string(words));
  (void)refused("ctys enumerate --cached");
}
