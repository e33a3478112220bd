// The classic grammar: the actions that read, and targets.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vocabulary.hpp"
#include "unit/cli/line.hpp"

#include <array>
#include <chrono>
#include <cstdlib>

using namespace ctys;
using namespace ctys::tests;
using namespace std::chrono_literals;
using model::Action;
using model::Pair;

namespace {

std::vector<Pair> machine(std::string_view line) {
  const auto request = accepted(line);
  REQUIRE(request.machines.size() == 1);
  return request.machines[0].keys;
}

std::vector<Field> fields(const model::Request& request) {
  std::vector<Field> out;
  for (const auto& column : request.output.columns) out.push_back(column.field);
  return out;
}

}  // namespace

TEST_CASE("scopes say whose sessions are meant") {
  CHECK_FALSE(accepted("ctys -a cancel=all").scope.all);
  CHECK(accepted("ctys -a list").scope.all);
  CHECK_FALSE(accepted("ctys -s user -a list").scope.all);
  CHECK(accepted("ctys -s all -a cancel=all").scope.all);
  CHECK(accepted("ctys -s 'USRLST=(a,b)' -a list").scope.users == std::vector<std::string>{"a", "b"});
  CHECK(accepted("ctys -s usrlst=all -a cancel=all").scope.all);
  CHECK(accepted("ctys -s GRPLST=wheel -a list").scope.groups == std::vector<std::string>{"wheel"});
  CHECK(accepted("ctys -s group -a list").scope.groups.size() == 1);
  for (const auto* line : {"ctys -a list=user:jdoe", "ctys -s all -a list=user:jdoe",
                           "ctys -s GRPLST=wheel -a list=user:jdoe"}) {
    const auto scope = accepted(line).scope;
    CHECK(scope.users == std::vector<std::string>{"jdoe"});
    CHECK(scope.groups.empty());
    CHECK_FALSE(scope.all);
  }
}

TEST_CASE("LIST selects fields by every word, and formats") {
  CHECK(fields(accepted("ctys -a list=l,ST,user,hrx,state,name,site")) ==
        std::vector<Field>{Field::label, Field::type, Field::user, Field::hyper_rel_run, Field::state,
                           Field::name, Field::cs_type});
  CHECK(accepted("ctys -a list=machine").output.format == model::Format::machine);
  CHECK(accepted("ctys -a list=maxkey").output.max_key);
  CHECK(accepted("ctys -a list=label,terse,titleidx").output.titles == model::Titles::numbers);
  CHECK(accepted("ctys -a list=titleidxasc").output.titles == model::Titles::letters);
  CHECK(accepted("ctys -a list=ip").output.columns.empty());
  CHECK(fields(accepted("ctys -a enumerate=ip")) == std::vector<Field>{Field::tcp});
  CHECK(refused("ctys -a list=dns").why == cli::refusal::kNames);
  CHECK(refused("ctys -a enumerate=dns").why == cli::refusal::kNames);
  CHECK(fields(accepted("ctys -a list=all")).size() == 15);
  CHECK(accepted("ctys -a list=pkg:qemu%test").types == std::vector<std::string>{"QEMU", "TEST"});
  CHECK(refused("ctys -a list=pkg:xen").why == cli::refusal::kHypervisors);
  const auto parts = accepted("ctys -a list=client,server").list;
  CHECK(parts.clients);
  CHECK(parts.servers);
  CHECK_FALSE(parts.tunnels);
  CHECK(accepted("ctys -a list=client,both").list.tunnels);
  const auto sort = accepted("ctys -a list=sort:each%unique%3").output.sort;
  CHECK(sort.on);
  CHECK(sort.unique);
  CHECK(sort.key == "3");
  CHECK(accepted("ctys -a list=sort").output.sort.on);
  CHECK(accepted("ctys -a list=sort:2,,3nr").output.sort.key == "2,3nr");
  refused("ctys -a list=sort:2x");
  CHECK(machine("ctys -a list=u:6ba7b8109dad11d180b400c04fd430c8")[0].key == "UUID");
  CHECK(refused("ctys -a list=lable").fix == "did you mean 'LABEL'?");
  refused("ctys -a list=sort:0");
  refused("ctys -a list=sort:up");
}

TEST_CASE("ALL and NONE mean the same wherever they stand") {
  const std::vector<Field> two{Field::label, Field::state};
  for (const auto* line : {"none,l,state", "l,none,state", "l,state,none", "l,state"})
    CHECK(fields(accepted("ctys -a list=" + std::string(line))) == two);
  CHECK(fields(accepted("ctys -a list=all,state,l")) == fields(accepted("ctys -a list=state,l,all")));
  CHECK(fields(accepted("ctys -a list=state,l,all")).size() == 16);
  CHECK(refused("ctys -a list=none").summary == "NONE leaves no field to show");
  CHECK(refused("ctys -a list=all,l,none").summary == "ALL and NONE exclude each other");
}

TEST_CASE("table specs count the fields of their own action") {
  const auto list = accepted("ctys -a list=tab_gen:3_Name_20_L%%11_pid%%17").output;
  CHECK(list.format == model::Format::tab_gen);
  CHECK(list.columns == std::vector<model::OutputColumn>{{Field::label, "Name", 20, model::Cut::left},
                                                         {Field::pid, "pid", 0, model::Cut::right},
                                                         {Field{}, "17", 0, model::Cut::right}});
  const auto inventory = accepted("ctys -a enumerate=tab:11_base_0_B%3").output;
  CHECK(inventory.columns == std::vector<model::OutputColumn>{{Field::vnc_base, "base", 0, model::Cut::wrap},
                                                              {Field::label, "3", 0, model::Cut::right}});
  CHECK(accepted("ctys -a list=tab_tcp:10%%20").output.widths == std::vector<unsigned>{10, 20});
  CHECK(accepted("ctys -a list=rec").output.format == model::Format::rec);
  CHECK(accepted("ctys -a list=xml:1%%2").output.columns.size() == 2);
  CHECK(accepted("ctys -a show=json").output.format == model::Format::json);
  for (const auto* bad :
       {"tab_gen", "tab_gen:", "tab_gen:0", "tab_gen:23", "tab_gen:1_a_b", "tab_gen:1_a_1_X",
        "tab_gen:1_a_1_L_x", "tab_tcp:x", "tab_tcp:1%%2%%3%%4%%5%%6%%7%%8%%9%%10"})
    refused("ctys -a list=" + std::string(bad));
  accepted("ctys -a enumerate=tab_gen:47");
  refused("ctys -a enumerate=tab_gen:48");
}

TEST_CASE("ENUMERATE knows where to look and which states count") {
  const auto request = accepted("ctys -a enumerate=l,base:/a%/b,matchvstat:active%custom%mine");
  CHECK(request.enumerate.bases == std::vector<std::string>{"/a", "/b"});
  CHECK(request.enumerate.states == std::vector<std::string>{"ACTIVE", "MINE"});
  CHECK(request.machines.empty());
  CHECK(refused("ctys -a enumerate=matchvstat:actve").fix == "did you mean 'ACTIVE'?");
  refused("ctys -a enumerate=matchvstat:mine");
}

TEST_CASE("ISACTIVE and GETCLIENTPORT take one word or an address") {
  CHECK(machine("ctys -a isactive=/vm/a.xml") == std::vector<Pair>{{"WORD", "/vm/a.xml"}});
  CHECK(machine("ctys -a GetClientPort=web01") == std::vector<Pair>{{"WORD", "web01"}});
  CHECK(machine("ctys -a getclientport=l:web01") == std::vector<Pair>{{"LABEL", "web01"}});
  refused("ctys -a isactive");
  refused("ctys -a info=l:a");
}

TEST_CASE("this host is the only target, by two names") {
  setenv("USER", "tester", 1);  // NOLINT(concurrency-mt-unsafe): tests run one after another
  accepted("ctys -a list localhost tester@localhost");
  CHECK_FALSE(accepted("ctys -a list other@localhost").where.targets.at(0).here);
  const auto request =
      accepted("ctys -d 6 -a list -- '(-d 0)' localhost'(-a create=l:LAB02,reuse -g 80x24)'");
  CHECK(request.verbosity == 1);
  CHECK(request.action == Action::create);
  CHECK(request.geometry == "80x24");
  accepted("ctys -a list localhost'(-w)'");
  for (const auto* bad : {"'(-d 3)'", "localhost'(-d 3'", "localhost')'", "localhost'(-q)'",
                          "localhost'(word)'", "localhost'{a}'", "'ho st;rm'", "SUBTASK'{}'", "'VMSTACK{a'"})
    CHECK(refused("ctys -a list " + std::string(bad)).why.find("so far") == std::string::npos);
  refused("ctys -a list " + std::string(100, '(') + std::string(100, ')'));
}
