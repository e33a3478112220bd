// Where an action is done: --on, --via, trailing hosts and -l.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"
#include "line.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace ctys;
using tests::accepted;
using tests::refused;

namespace {
std::vector<std::string> names(const std::vector<model::Target>& targets) {
  std::vector<std::string> names;
  for (const auto& target : targets) names.push_back(target.name);
  return names;
}
using Names = std::vector<std::string>;
}  // namespace

TEST_CASE("hosts are given with --on, several times or with commas, and each counts once") {
  const auto where = accepted("ctys list --on lab01,root@lab02:2222 --on lab01 --via gw1,u@gw2").where;
  CHECK(names(where.targets) == Names{"lab01", "lab02:2222"});
  CHECK(where.targets[1].user == "root");
  CHECK(names(where.via) == Names{"gw1", "gw2"});
  CHECK(where.may_copy);
  CHECK_FALSE(accepted("ctys list --on lab01 --no-copy").where.may_copy);
  CHECK(accepted("ctys list --on lab01 --fanout 3").where.fanout == 3);
  CHECK(accepted("ctys list").where.targets.empty());
}

TEST_CASE("gateways log in by themselves where there are any, and for most actions") {
  const auto where = accepted("ctys list --on lab01,lab02 --via gw1,gw2 --chain").where;
  CHECK(where.chain);
  CHECK(names(where.via) == Names{"gw1", "gw2"});
  CHECK_FALSE(accepted("ctys list --on lab01 --via gw1").where.chain);
  for (const auto* action : {"enumerate", "info", "show", "isactive web01", "getclientport web01", "plugins",
                             "start web01", "create web01", "stop web01", "attribute set web01 A=b"})
    CHECK(accepted("ctys " + std::string(action) + " --on lab01 --via gw1 --chain").where.chain);
  CHECK(accepted("ctys list --on lab01 --via gw1 -x CHAIN").where.chain);
  CHECK_FALSE(accepted("ctys list --on lab01 --via gw1 --hops star").where.chain);
  for (const auto* words : {"--hops star --chain", "--chain --hops star", "--chain -x STAR"})
    CHECK(refused("ctys list --on lab01 --via gw1 " + std::string(words)).summary ==
          "'--chain' and '--hops star' exclude each other");
  CHECK(refused("ctys list --on lab01 --via gw1 -x foo").code == Exit::usage);
  CHECK(refused("ctys list --on lab01 --chain").why == "there is no host to go through");
  CHECK(refused("ctys list --on lab01 --chain").fix == "add --via HOST");
  CHECK(refused("ctys list --chain").fix == "add --on HOST and --via HOST");
  for (const auto* action : {"vdbgen", "doctor", "distribute"})
    CHECK(refused("ctys " + std::string(action) + " --on lab01 --via gw1 --chain").why ==
          cli::refusal::kChain);
  // No advice that would be refused, too.
  for (const auto* line :
       {"doctor --chain", "doctor lab01 --chain", "vdbgen --chain", "doctor --chain --via gw1"})
    CHECK(refused("ctys " + std::string(line)).why == cli::refusal::kChain);
  for (const auto* action : {"create web01 --reconnect", "create web01 --console vnc"})
    CHECK(refused("ctys " + std::string(action) + " --on lab01 --via gw1 --chain").summary ==
          "no console comes through gateways that log in by themselves (--chain)");
  CHECK(accepted("ctys create web01 --console none --on lab01 --via gw1 --chain").where.chain);
  CHECK(accepted("ctys list --on lab[00001-10000] --via gw1 --chain").where.targets.size() == 10000);
  CHECK(refused("ctys list --on " + std::string(60, 'x') + "[00001-10000] --via gw1 --chain").summary ==
        "too many hosts for one gateway");
}

TEST_CASE("groups, sets and ranges stand for their hosts") {
  const auto folder = std::filesystem::temp_directory_path() / ("ctys-groups-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "lab") << "lab01 root@lab02\nlab03\n";
  std::ofstream(folder / "old") << "lab03 lab04\n";
  std::ofstream(folder / "mixed") << "lab05'(-t TEST)'\n";
  REQUIRE(::setenv("CTYS_GROUPS_PATH", folder.c_str(), 1) == 0);
  CHECK(names(accepted("ctys list --on @lab").where.targets) == Names{"lab01", "lab02", "lab03"});
  CHECK(accepted("ctys list --on @lab").where.targets[1].user == "root");
  CHECK(names(accepted("ctys list --on @lab,@old").where.targets) ==
        Names{"lab01", "lab02", "lab03", "lab04"});
  CHECK(names(accepted("ctys list --on '@lab!@old'").where.targets) == Names{"lab01", "lab02"});
  CHECK(names(accepted("ctys list --on '@lab&@old' --on vm1").where.targets) == Names{"lab03", "vm1"});
  CHECK(names(accepted("ctys list --on vm[01-03,7],lab").where.targets) ==
        Names{"vm01", "vm02", "vm03", "vm7", "lab"});
  CHECK(accepted("ctys list --on root@[::1]:22").where.targets[0].user == "root");
  CHECK(accepted("ctys list --on @mixed").types == Names{"TEST"});
  CHECK(refused("ctys list --on @lbb").fix.find("lab") != std::string::npos);
  CHECK(refused("ctys list --on '@old!@old'").why.find("no host is left") != std::string::npos);
  CHECK(refused("ctys list --on vm[1-20000]").why.find("more than") != std::string::npos);
  REQUIRE(::unsetenv("CTYS_GROUPS_PATH") == 0);
  std::filesystem::remove_all(folder);
}

TEST_CASE("localhost is this host, another user of it is not") {
  CHECK(accepted("ctys list --on localhost").where.targets.at(0).here);
  CHECK_FALSE(accepted("ctys list --on nobodyelse@localhost").where.targets.at(0).here);
  CHECK_FALSE(accepted("ctys list --on localhost:2222").where.targets.at(0).here);
}

TEST_CASE("an address may name its host") {
  const auto there = accepted("ctys stop lab07[l:web01,m:52:54:00:12:34:56]");
  CHECK(names(there.where.targets) == Names{"lab07"});
  CHECK(there.machines[0].keys == std::vector<model::Pair>{{"LABEL", "web01"}, {"MAC", "52:54:00:12:34:56"}});
  CHECK(names(accepted("ctys list LAB07.[l:a] lab07[l:b] --on lab07").where.targets) == Names{"lab07"});
  const auto here = accepted("ctys stop localhost[l:a,b] c");
  CHECK(here.where.targets.empty());
  CHECK(here.machines.size() == 2);
  const auto six = accepted("ctys stop 2001:db8::7[l:web01]");
  CHECK(names(six.where.targets) == Names{"2001:db8::7"});
  CHECK(six.machines[0].keys == std::vector<model::Pair>{{"LABEL", "web01"}});
  CHECK(names(accepted("ctys stop 2001:db8::7[l:a] --on [2001:db8::7]").where.targets) ==
        Names{"2001:db8::7"});
  CHECK(refused("ctys stop 2001:db8::7[l:a][l:b]").why == cli::refusal::kStacks);
  // A name may have brackets, too, and what is set is no address.
  CHECK(accepted("ctys stop web[1]").machines[0].keys == std::vector<model::Pair>{{"WORD", "web[1]"}});
  CHECK(accepted("ctys attribute set a OS=b[l:c]").where.targets.empty());
  CHECK(refused("ctys stop lab07[l:a] --on lab08").fix == "leave out --on, or the host of the address");
  CHECK(refused("ctys stop lab07[l:a] --on @nosuch").code == Exit::usage);
  CHECK(refused("ctys stop lab07[l:a] b").why == "one of them is on 'lab07', another one has no host");
  CHECK(refused("ctys stop lab07[l:a] lab08[l:b]").code == Exit::usage);
  CHECK(refused("ctys stop lab07[l:a][l:b]").why == cli::refusal::kStacks);
  CHECK(refused("ctys stop @lab[l:a]").code == Exit::usage);
  CHECK(refused("ctys list lab07[dr:1] -c only").code == Exit::usage);
}

TEST_CASE("two users of one host are told apart by their names") {
  CHECK(names(accepted("ctys list --on a@lab01,b@lab01").where.targets) == Names{"a@lab01", "b@lab01"});
}

TEST_CASE("the classic grammar names hosts behind the options") {
  const auto request = accepted("ctys -a list -l root lab01 me@lab02");
  REQUIRE(request.where.targets.size() == 2);
  CHECK(request.where.targets[0].user == "root");
  CHECK(request.where.targets[1].user == "me");
  CHECK(accepted("ctys -a list lab01'(-t TEST)'").types == Names{"TEST"});
  CHECK(accepted("ctys -a list -- '(-t TEST)' lab01 lab02").types == Names{"TEST"});
}

TEST_CASE("what is no host is refused, and nothing is started") {
  for (const auto* host : {"-oProxyCommand=x", "a;b", "$(x)", "a b", "lab01:0", "lab01:99999", "lab01:x",
                           "@lab01", "a,,b", "[::1", "[::1]x", "lab01:"})
    (void)refused("ctys list --on '" + std::string(host) + "'");
  (void)refused("ctys list --via gw1");
  (void)refused("ctys list --no-copy");
  (void)refused("ctys list --on lab01 --via localhost");
  (void)refused("ctys list --on lab01 --fanout 0");
}

TEST_CASE("a console may be on another host") {
  CHECK(accepted("ctys create web01 --console cli --on lab01").create.console == model::Console::cli);
  CHECK(accepted("ctys -a create=l:web01,console:vnc lab01").create.console == model::Console::vnc);
}

TEST_CASE("what is not done on other hosts so far is refused by its name") {
  CHECK(refused("ctys cancel --all --self --on lab01").why == cli::refusal::kMachines);
  CHECK(refused("ctys list web01 --inventory only --on lab01").summary.find("inventory") !=
        std::string::npos);
}
